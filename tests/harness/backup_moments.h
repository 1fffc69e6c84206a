#pragma once
#include <chrono>
#include <string>

#include <boost/json/parse.hpp>

#include "base/time.h"

namespace syncwatch::harness {

/// Now, as records of backups have it.
inline WallTime wall_now() {
    return std::chrono::time_point_cast<std::chrono::microseconds>(
        std::chrono::system_clock::now());
}

/// Whether all that happened until `moment` can be brought back, by what `backup list --json` said.
inline bool reaches(const std::string& listed, WallTime moment) {
    const boost::json::value said = boost::json::parse(listed);
    const auto& windows = said.at("windows").as_array();
    if (windows.empty()) return false;
    return parse_rfc3339(windows.back().at("to").as_string()).value() > moment;
}

}  // namespace syncwatch::harness
