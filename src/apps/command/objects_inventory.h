#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "apps/command/admin.h"
#include "ports/replica_ledger.h"
#include "ports/video_store.h"

/// What the database says of objects, their copies and the trash, as commands show it.
namespace syncwatch::apps {

struct ObjectsInventory {
    std::optional<std::string> second;  ///< nullopt: there is no second store.
    std::chrono::seconds audit_every{0};
    ReplicaBacklog backlog;
    LedgerCoverage covered;
    TrashFigures trash;
    std::uint64_t left_behind = 0;
    WallTime at{};

    /// How long the oldest that is not copied waits; 0: none, or there is no second store.
    std::chrono::seconds lag() const;
};

Outcome<ObjectsInventory> take_inventory(Admin& admin, const config::Settings& settings);
/// A line for each thing, with its name before it.
std::vector<std::string> inventory_lines(const ObjectsInventory& inventory);
boost::json::object inventory_json(const ObjectsInventory& inventory);

std::vector<std::string> coverage_lines(const LedgerCoverage& covered, const std::string& within,
                                        WallTime now);
boost::json::object coverage_json(const LedgerCoverage& covered, WallTime now);

}  // namespace syncwatch::apps
