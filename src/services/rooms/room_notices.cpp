#include "services/rooms/room_notices.h"

#include <fmt/format.h>

namespace syncwatch {
namespace {

/// True for what stands in JSON as it is: every IP address does.
bool is_plain(const std::string& text) {
    return text.find_first_not_of("0123456789abcdefABCDEF.:/") == std::string::npos;
}

}  // namespace

std::string settings_notice() {
    return R"({"kind":"settings"})";
}

std::string deleted_notice() {
    return R"({"kind":"deleted"})";
}

std::string banned_notice(const std::optional<UserId>& user, const std::string& address) {
    std::string notice = R"({"kind":"banned")";
    if (user) notice += fmt::format(R"(,"user":"{}")", user->text());
    if (!address.empty() && is_plain(address)) {
        notice += fmt::format(R"(,"address":"{}")", address);
    }
    return notice + "}";
}

std::string role_notice(UserId user, Role role) {
    return fmt::format(R"({{"kind":"role","user":"{}","role":"{}"}})", user.text(), text(role));
}

}  // namespace syncwatch
