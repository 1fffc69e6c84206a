#include "gateway/api/rate_limits.h"

#include "domain/account/address_scope.h"
#include "gateway/api/answers.h"

namespace syncwatch::http {

RateLimits::RateLimits(const Clock& clock, Options options)
    : clock_(clock),
      address_("calls.address", options.address),
      account_("calls.account", options.account),
      sign_in_("sign_ins.address", options.sign_in),
      guest_("guests.address", options.guest) {}

void RateLimits::share(LimitSharing& sharing) {
    for (RateLimit* limit : {&address_, &account_, &sign_in_, &guest_}) {
        limit->share(sharing, clock_);
    }
}

std::optional<Response> RateLimits::admit(const Request& request, const Route& route) {
    const RateClass rate = route.options.rate;
    if (rate == RateClass::Free) return std::nullopt;
    const auto admitted = check(address_scope(request.remote_address), rate);
    if (admitted) return std::nullopt;
    return answer_error(admitted.error(), request);
}

Result<> RateLimits::check(const std::string& address, RateClass rate) {
    const Instant now = clock_.now();
    SW_CHECK(address_.take(address, now));
    if (rate == RateClass::SignIn) return sign_in_.take(address, now);
    if (rate == RateClass::Guest) return guest_.take(address, now);
    return {};
}

Result<> RateLimits::admit(UserId user) {
    return account_.take(user.text(), clock_.now());
}

}  // namespace syncwatch::http
