#include "services/rooms/room_notices.h"

#include <fmt/format.h>

#include "base/assert.h"

namespace syncwatch {
namespace {

/// Addresses and ids alone are put in: nothing that JSON would have to escape.
const std::string& plain(const std::string& text) {
    SW_ASSERT(text.find_first_not_of("0123456789abcdefABCDEF.:/-") == std::string::npos);
    return text;
}

}  // namespace

std::string settings_notice() { return R"({"kind":"settings"})"; }

std::string deleted_notice() { return R"({"kind":"deleted"})"; }

std::string banned_notice(const std::optional<UserId>& user, const std::string& address) {
    std::string notice = R"({"kind":"banned")";
    if (user) notice += fmt::format(R"(,"user":"{}")", user->text());
    if (!address.empty()) notice += fmt::format(R"(,"address":"{}")", plain(address));
    return notice + "}";
}

std::string role_notice(UserId user, Role role) {
    return fmt::format(R"({{"kind":"role","user":"{}","role":"{}"}})", user.text(), text(role));
}

}  // namespace syncwatch
