#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "ports/random.h"
#include "recovery/backups/standing.h"
#include "recovery/catalogue/shelves.h"
#include "recovery/postgres/followed_log.h"
#include "recovery/window/window.h"

namespace syncwatch::apps {

/// A component, if everything were lost now.
struct ComponentOutlook {
    recovery::Standing standing;
    recovery::Judgement judgement;
    std::vector<recovery::Window> windows;  ///< What can be brought back, in order, apart.
    bool is_followed = false;          ///< A log or a copy follows it: its loss is how far behind.
    std::string schedule;              ///< As the plan has it: "full Sun 02:00, log continuous".
    std::optional<WallTime> next_run;  ///< nullopt: it is not made at given times.
    std::string detail;                ///< What was found, or why nobody can say. May be empty.
    std::string command;               ///< To type next. Empty: nothing, or none does it.
    /// How its log is streamed. nullopt: it does not have to be.
    std::optional<recovery::FollowedLog> stream = std::nullopt;
};

/// A place for backups.
struct RepositoryOutlook {
    std::string name;   ///< "near", "far".
    std::string place;  ///< No secret is in it.
    bool may_delete = true;
    std::uint64_t bytes = 0;  ///< Of the backups that are known to be there.
    std::string trouble;      ///< Why nothing is known of it now. Empty: it answers.
};

/// What a loss of everything would mean now, beside what the plan promises: what `syncwatch
/// status` and the page of admins say.
struct Outlook {
    WallTime at{};
    std::vector<ComponentOutlook> components;
    std::vector<RepositoryOutlook> repositories;
    /// The node that makes backups at given times. nullopt: none does now, or nobody knows.
    std::optional<std::string> leader;
    std::vector<recovery::Trouble> away;  ///< Places of which nothing is known now.
    std::optional<Error> trouble;         ///< Why the catalogue cannot be read: no place answers.

    recovery::Summary summary() const;
};

/// What the public API and `--json` have of it: docs/api.yaml, RecoveryOutlook.
boost::json::object outlook_json(const Outlook& outlook);
boost::json::object component_json(const ComponentOutlook& component);
boost::json::object repository_json(const RepositoryOutlook& repository);

/// The node of whoever holds a lease, and its name for that: one for each process, so
/// that a node that was started again does not wait for its own lease.
std::string lease_holder(const std::string& node, const std::string& process);
std::string lease_holder(const std::string& node, Random& random);
std::string node_of_holder(const std::string& holder);

}  // namespace syncwatch::apps
