#pragma once
#include <string>
#include <string_view>

#include "adapters/program/run.h"
#include "base/result.h"

namespace syncwatch::pgbackrest {

/// What pgBackRest's exit code means for us, with its own words: its codes are the numbers of its
/// errors (pgbackrest, build/error.yaml). `doing` says what failed.
Error failure_of(std::string_view doing, const program::Ran& ran);

/// What it said when it failed: its lines of errors, without hints and times.
std::string own_words(std::string_view errors);

}  // namespace syncwatch::pgbackrest
