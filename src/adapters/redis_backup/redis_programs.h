#pragma once
#include <string>

#include "adapters/program/child.h"
#include "base/result.h"

namespace syncwatch::redis {

/// One of Redis' programs, which needs nothing of ours. Errors: NotFound (reason "redis_programs";
/// the message names Debian's package).
Result<program::Spec> spec_of(const std::string& name, const std::string& package);

}  // namespace syncwatch::redis
