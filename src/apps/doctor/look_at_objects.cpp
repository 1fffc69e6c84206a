#include "adapters/s3/s3_client.h"
#include "apps/doctor/looks.h"
#include "apps/node/s3_options.h"
#include "base/async/run_to_end.h"

namespace syncwatch::apps {

void look_at_objects(const config::Settings& settings, Clock& clock, Random& random,
                     Findings& findings) {
    if (!settings.s3.on()) return;  // A folder: look_at_data_folder.
    const std::string subject = "objects";
    const auto options = s3_options(settings.s3);
    if (!options) {
        return findings.problem(subject, options.error().message,
                                "objects.credentials_file names a file with aws_access_key_id and "
                                "aws_secret_access_key.");
    }
    CircuitBreaker breaker("objects");
    s3::Exchange exchange(*options, {clock, random, breaker});
    s3::S3Client client(exchange);
    const auto there = run_to_end(client.check_bucket());
    if (!there) {
        return findings.problem(subject, there.error().message,
                                "Look at objects.url, the keys and their rights, and the store.");
    }
    findings.well(subject, "the bucket " + options->location.bucket + " takes our keys");
}

}  // namespace syncwatch::apps
