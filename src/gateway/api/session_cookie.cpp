#include "gateway/api/session_cookie.h"

#include <fmt/format.h>

#include "gateway/api/authenticator.h"

namespace syncwatch::http {

void set_session_cookie(Response& response, std::string_view token, std::chrono::seconds lifetime,
                        bool secure) {
    response.fields.add(
        "Set-Cookie",
        fmt::format("{}={}; Path=/; HttpOnly; SameSite=Lax; Max-Age={}{}", kSessionCookie, token,
                    lifetime.count(), secure ? "; Secure" : ""));
}

void clear_session_cookie(Response& response, bool secure) {
    set_session_cookie(response, {}, std::chrono::seconds(0), secure);
}

}  // namespace syncwatch::http
