#pragma once
#include <string>

#include "adapters/s3/exchange.h"
#include "apps/config/settings.h"

namespace syncwatch::apps {

/// How to reach an object store, as the settings have it. Errors: InvalidInput (the credentials).
Result<s3::Exchange::Options> s3_options(const config::Settings::S3& settings);

/// The same for a player who waits, where another store has it too: after a second of silence that
/// one is asked.
s3::Exchange::Options impatient(s3::Exchange::Options options);

/// Scheme and host that a store's addresses begin with; empty: there is no store.
std::string store_origin(const config::Settings::S3& settings);

}  // namespace syncwatch::apps
