#pragma once
#include <string>

#include "adapters/redis/client.h"
#include "apps/config/settings.h"
#include "base/result.h"

namespace syncwatch::apps {

/// How commands and backups reach a Redis: patient, with the certificates that the settings trust,
/// and with the passwords that the settings have for this URL and for no other. Errors:
/// InvalidInput.
Result<redis::Client::Options> redis_access(const config::Settings& settings,
                                            const std::string& url);

}  // namespace syncwatch::apps
