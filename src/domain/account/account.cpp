#include "domain/account/account.h"

namespace syncwatch {

std::string_view text(UserKind kind) {
    return kind == UserKind::User ? "user" : "guest";
}

}  // namespace syncwatch
