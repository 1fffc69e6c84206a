#include "services/accounts/sign_in_guard.h"

namespace syncwatch {
namespace {

/// A blank cannot occur in a name or an address.
std::string both(const std::string& account, const std::string& address) {
    return account + ' ' + address;
}

}  // namespace

void SignInGuard::share(LimitSharing& sharing, const Clock& clock) {
    for (GuessLimit* limit : {&pair_, &address_, &account_}) limit->share(sharing, clock);
}

Result<> SignInGuard::check(const std::string& account, const std::string& address,
                            Instant now) const {
    SW_CHECK(pair_.check(both(account, address), now));
    SW_CHECK(address_.check(address, now));
    SW_CHECK(account_.check(account, now));
    return {};
}

Result<> SignInGuard::settle(const std::string& account, const std::string& address, bool right,
                             Instant now) {
    SW_CHECK(pair_.settle(both(account, address), right, now));
    if (right) {
        // One's own account must not buy an address more guesses at those of others.
        SW_CHECK(address_.check(address, now));
        SW_CHECK(account_.settle(account, true, now));
        return {};
    }
    SW_CHECK(address_.settle(address, false, now));
    SW_CHECK(account_.settle(account, false, now));
    return {};
}

}  // namespace syncwatch
