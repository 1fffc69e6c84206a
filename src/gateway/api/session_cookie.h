#pragma once
#include <chrono>
#include <string_view>

#include "gateway/http/message.h"

namespace syncwatch::http {

/// Gives the session's token to the browser: out of reach of scripts, not sent along by other
/// sites' forms and pictures, and over TLS alone where `secure`.
void set_session_cookie(Response& response, std::string_view token, std::chrono::seconds lifetime,
                        bool secure);

/// Takes it back.
void clear_session_cookie(Response& response, bool secure);

}  // namespace syncwatch::http
