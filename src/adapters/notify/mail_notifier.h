#pragma once
#include <string>
#include <vector>

#include "adapters/notify/web_notifiers.h"

namespace syncwatch::notify {

/// Mail by SMTP, over TLS from the start (smtps:) or from STARTTLS on (smtp:); user and password
/// are the first two lines of `credentials_file`, if there is one.
class MailNotifier final : public Notifier {
public:
    struct Addresses {
        std::string from;
        std::vector<std::string> to;
        bool encrypted = true;  ///< False: to a relay that has no TLS.
    };
    MailNotifier(Reach reach, Addresses addresses, Caller& caller)
        : reach_(std::move(reach)), addresses_(std::move(addresses)), caller_(caller) {}
    Async<> tell(Notice notice) override;

private:
    const Reach reach_;
    const Addresses addresses_;
    Caller& caller_;
};

}  // namespace syncwatch::notify
