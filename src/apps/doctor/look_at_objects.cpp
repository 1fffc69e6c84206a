#include <fmt/format.h>

#include "adapters/s3/s3_client.h"
#include "adapters/sql_media/media_rows.h"
#include "apps/doctor/looks.h"
#include "apps/node/s3_options.h"
#include "base/async/run_to_end.h"
#include "base/quantity.h"

namespace syncwatch::apps {

namespace {

/// What the settings of one of the stores are called.
struct Named {
    std::string subject;
    std::string url;
    std::string credentials;
};

void look_at_store(const config::Settings::S3& settings, const Named& named, Clock& clock,
                   Random& random, Findings& findings) {
    const auto options = s3_options(settings);
    if (!options) {
        return findings.problem(named.subject, options.error().message,
                                named.credentials +
                                    " names a file with aws_access_key_id and "
                                    "aws_secret_access_key.");
    }
    CircuitBreaker breaker("objects");
    s3::Exchange exchange(*options, {clock, random, breaker});
    s3::S3Client client(exchange);
    const auto there = run_to_end(client.check_bucket());
    if (!there) {
        return findings.problem(
            named.subject, there.error().message,
            "Look at " + named.url + ", the keys and their rights, and the store.");
    }
    findings.well(named.subject, "the bucket " + options->location.bucket + " takes our keys");
}

}  // namespace

void look_at_trash(sql::Connection& db, Findings& findings) {
    const auto held = sql::read_trash_figures(db);
    // A schema from before it: look_at_database says so.
    if (!held || held->videos == 0) return;
    findings.well("trash", fmt::format("{} deleted films take {} until their time is up; syncwatch "
                                       "video purge makes room before",
                                       held->videos, format_size(held->bytes)));
}

void look_at_objects(const config::Settings& settings, Clock& clock, Random& random,
                     Findings& findings) {
    // Folders: look_at_data_folder.
    if (settings.s3.on()) {
        look_at_store(settings.s3, {"objects", "objects.url", "objects.credentials_file"}, clock,
                      random, findings);
    }
    if (settings.second.s3.on()) {
        look_at_store(settings.second.s3,
                      {"second store", "objects.second", "objects.second_credentials_file"}, clock,
                      random, findings);
    }
}

}  // namespace syncwatch::apps
