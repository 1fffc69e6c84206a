#include "adapters/notify/mail_notifier.h"

#include <utility>

#include "adapters/notify/letter.h"
#include "adapters/notify/secret_lines.h"

namespace syncwatch::notify {

Async<> MailNotifier::tell(Notice notice) {
    MailCall call;
    call.url = reach_.url;
    call.from = addresses_.from;
    call.to = addresses_.to;
    call.encrypted = addresses_.encrypted;
    call.ca_file = reach_.ca_file;
    if (!reach_.credentials_file.empty()) {
        SW_CO_TRY(const auto lines, secret_lines(reach_.credentials_file, 2));
        call.user = lines[0];
        call.password = lines[1];
    }
    call.letter = letter(notice, addresses_.from, addresses_.to);
    co_return co_await caller_.send(std::move(call));
}

}  // namespace syncwatch::notify
