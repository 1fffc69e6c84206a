#include "adapters/notify/caller.h"

#include <utility>

#include "adapters/notify/curl_call.h"
#include "base/async/offload.h"

namespace syncwatch::notify {

Caller::Caller(Options options) : options_(options), pool_(options.threads) {
    begin_curl();
}

Caller::~Caller() {
    stop();
    pool_.join();
}

Async<WebAnswer> Caller::call(WebCall call) {
    auto work = [call = std::move(call), this] { return perform(call, options_, stopped_); };
    co_return co_await offload(pool_, std::move(work));
}

Async<> Caller::send(MailCall call) {
    auto work = [call = std::move(call), this] { return perform(call, options_, stopped_); };
    co_return co_await offload(pool_, std::move(work));
}

}  // namespace syncwatch::notify
