#pragma once
#include <string>

#include "adapters/notify/caller.h"
#include "ports/pulse.h"

namespace syncwatch::notify {

/// Asks one address while all is well, and another, if there is one, while something is not.
class HttpPulse final : public Pulse {
public:
    struct Options {
        std::string url;  ///< Empty: it is the first line of `url_file`.
        std::string url_file;
        std::string fail_url;  ///< Empty: nobody is asked.
        std::string ca_file;
    };
    HttpPulse(Options options, Caller& caller) : options_(std::move(options)), caller_(caller) {}
    Async<> beat(bool well) override;

private:
    const Options options_;
    Caller& caller_;
};

}  // namespace syncwatch::notify
