#pragma once
#include <filesystem>
#include <string>

#include "apps/region/lab_state.h"
#include "apps/region/port_plan.h"
#include "base/result.h"

namespace syncwatch::lab {

/// Where a region's parts live, and what they call themselves and each other.
struct Place {
    LabOptions options;
    PortPlan ports;
    std::filesystem::path folder;   ///< The region's, absolute.
    std::filesystem::path program;  ///< This very program, as which app nodes run.

    /// Errors: InvalidInput (a folder that configuration files cannot name, or too long for
    /// sockets in it).
    static Result<Place> make(const LabOptions& options, std::filesystem::path folder);

    std::filesystem::path of(const std::string& part) const { return folder / part; }
    /// "a-redis-1": unlike those of any other region.
    std::string name(const std::string& part) const;
    /// A secret that is made once and kept in the folder. Errors: Unavailable.
    Result<std::string> secret(const std::string& name) const;
};

}  // namespace syncwatch::lab
