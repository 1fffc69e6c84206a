#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "apps/lab/ceph_cluster.h"
#include "apps/region/port_plan.h"
#include "base/result.h"

namespace syncwatch::lab {

/// What one region consists of.
struct LabOptions {
    char region = 'a';
    std::uint16_t base_port = PortPlan::kBase;
    unsigned nodes = 2;
    unsigned workers = 1;
    ObjectsIn objects = ObjectsIn::Memory;
    bool operator==(const LabOptions&) const = default;
};

/// What `up` was asked for: what is not named stays as it is, or is the usual.
struct LabWishes {
    char region = 'a';
    std::optional<std::uint16_t> base_port;
    std::optional<unsigned> nodes;
    std::optional<unsigned> workers;
    std::optional<ObjectsIn> objects;

    LabOptions applied_to(LabOptions options) const;
};

/// A process that was started. The number alone could be somebody else's by now.
struct ProcessRecord {
    std::string role;  ///< "server"; "door"; what a part of several processes calls them.
    pid_t pid = 0;
    std::uint64_t started = 0;  ///< As ProcessFacts::started.
    bool operator==(const ProcessRecord&) const = default;
};

/// What the lab has to remember between commands, in its folder as lab.json.
struct LabState {
    LabOptions options;
    std::map<std::string, std::vector<ProcessRecord>> parts;  ///< By the part's name.
    bool operator==(const LabState&) const = default;

    std::string json() const;
    /// Errors: Corrupt.
    static Result<LabState> parse(std::string_view json);
    /// nullopt: there is no lab. Errors: Corrupt, Unavailable.
    static Result<std::optional<LabState>> load(const std::filesystem::path& file);
    /// Whole or not at all. Errors: Unavailable.
    Result<> save(const std::filesystem::path& file) const;
};

std::string_view text(ObjectsIn objects);

}  // namespace syncwatch::lab
