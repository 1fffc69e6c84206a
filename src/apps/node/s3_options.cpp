#include "apps/node/s3_options.h"

#include <memory>

#include "adapters/s3/credentials.h"

namespace syncwatch::apps {

using namespace std::chrono_literals;

Result<s3::Exchange::Options> s3_options(const config::Settings::S3& settings) {
    s3::Exchange::Options options;
    SW_TRY(options.location, s3::Location::parse(settings.url));
    auto keys = std::make_shared<s3::CredentialsFile>(settings.credentials_file);
    SW_CHECK(keys->current());
    options.credentials = [keys] { return keys->current(); };
    return options;
}

s3::Exchange::Options impatient(s3::Exchange::Options options) {
    options.deadline = 1000ms;
    options.attempts = 3;
    options.http.connect_patience = 700ms;
    options.http.stall_patience = 1s;
    return options;
}

std::string store_origin(const config::Settings::S3& settings) {
    const auto location = s3::Location::parse(settings.url);
    return location ? location->scheme + "://" + location->asked_host() : "";
}

}  // namespace syncwatch::apps
