#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/http/message.h"

namespace syncwatch::http {

struct HeadOptions {
    bool keep_alive = true;
    bool tls = false;
    std::string_view request_id;
};

/// Bytes in the response's body.
std::uint64_t body_size(const Response& response);

/// Status line and header fields up to the empty line (RFC 9112), with Date, Content-Length and
/// the security headers that every answer carries.
std::string response_head(const Response& response, const HeadOptions& options);

}  // namespace syncwatch::http
