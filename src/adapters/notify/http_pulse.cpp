#include "adapters/notify/http_pulse.h"

#include <utility>

#include "adapters/notify/secret_lines.h"
#include "adapters/notify/web_notifiers.h"

namespace syncwatch::notify {

Async<> HttpPulse::beat(bool well) {
    WebCall call;
    call.headers = {"User-Agent: SyncWatch"};
    call.ca_file = options_.ca_file;
    call.url = well ? options_.url : options_.fail_url;
    if (well && call.url.empty()) {
        SW_CO_TRY(const auto lines, secret_lines(options_.url_file, 1));
        call.url = lines.front();
    }
    if (call.url.empty()) co_return Result<>();
    const auto answer = co_await caller_.call(std::move(call));
    co_return heard(answer);
}

}  // namespace syncwatch::notify
