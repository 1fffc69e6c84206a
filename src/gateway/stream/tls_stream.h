#pragma once
#include <memory>

#include "gateway/stream/stream.h"

struct ssl_st;

namespace syncwatch {

/// `ssl` is set up for its socket and for accepting; the stream owns it.
std::unique_ptr<Stream> make_tls_stream(ssl_st* ssl, int fd);

}  // namespace syncwatch
