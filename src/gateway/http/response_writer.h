#pragma once
#include <chrono>
#include <string_view>

#include "base/async/async.h"
#include "gateway/http/message.h"
#include "gateway/http/transport.h"

namespace syncwatch::http {

/// Writes answers to one client. Every wait ends within `silence`. Errors: Timeout, Cancelled (the
/// client left).
class ResponseWriter {
public:
    ResponseWriter(Transport& transport, std::chrono::seconds silence)
        : transport_(transport), silence_(silence) {}

    /// `more`: more follows at once, so a packet need not leave yet.
    Async<> write(std::string_view bytes, bool more = false);
    /// Head and body; to a HEAD the head alone.
    Async<> write(Response response, const Request& request, bool keep_alive);

private:
    Async<> write_file(const FileBody& file);
    Instant deadline() const;

    Transport& transport_;
    const std::chrono::seconds silence_;
};

}  // namespace syncwatch::http
