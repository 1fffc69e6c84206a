#pragma once
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "recovery/sets/recovery_set.h"

/// How commands show recovery sets.
namespace syncwatch::apps {

/// Of each component: its name, its moment, what is lost of it, and whatever is remarkable.
std::vector<std::vector<std::string>> set_rows(const recovery::RecoverySet& set);
boost::json::object set_json(const recovery::RecoverySet& set);

/// From one moment to a later one; 0 where it is not later.
double seconds_between(WallTime from, WallTime to);

}  // namespace syncwatch::apps
