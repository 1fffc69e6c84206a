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

/// What a page of ours may load (CSP Level 3): from this site alone, and films from `films_from`,
/// an origin, where there is one. An answer that sets the field itself keeps its own.
std::string content_security_policy(std::string_view films_from = {});

/// Bytes in the response's body.
std::uint64_t body_size(const Response& response);

/// Status line and header fields up to the empty line (RFC 9112), with Date, Content-Length and
/// the security headers that every answer carries.
std::string response_head(const Response& response, const HeadOptions& options);

}  // namespace syncwatch::http
