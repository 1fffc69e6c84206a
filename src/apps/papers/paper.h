#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "apps/config/settings.h"
#include "base/time.h"
#include "recovery/backups/standing.h"
#include "recovery/plan/plan.h"

/// The recovery plan of an installation as a document for people who have lost something: what is
/// promised, what was measured, and each procedure with the commands as they are typed there.
namespace syncwatch::apps {

/// All that the document is made from; nothing else is looked at.
struct PaperFacts {
    config::Settings settings;
    recovery::Plan plan;
    std::string plan_name;                          ///< As operators call it.
    std::vector<recovery::Finding> findings;        ///< Of the plan.
    std::vector<recovery::Standing> standings;      ///< Of all that the catalogue knows.
    std::vector<recovery::CarriedOut> carried_out;  ///< Procedures, the oldest first.
    std::vector<std::string> silent;  ///< Who did not answer, so that it is not known.
    std::string cluster;  ///< What the repositories call the installation; empty: not known.
    std::string version;  ///< Of the program.
    WallTime now{};
    bool by_systemd = false;  ///< It runs by the package's units.
    std::string user;         ///< Who those run as.
};

/// Something that a person does, and what is typed for it.
struct Step {
    std::string words;
    std::vector<std::string> commands = {};
};

/// What to do about one kind of loss.
struct Procedure {
    std::string name;  ///< Stable, for programs: "database-lost".
    std::string title;
    std::vector<std::string> signs;
    std::string effect;    ///< What people notice.
    std::string decision;  ///< What to make sure of before anything is done.
    std::vector<Step> steps;
    std::vector<Step> checks;  ///< How to see that it is right again.
    std::string way_back;      ///< How to undo it.
    /// Whose restore tests say how long it takes; empty: none does.
    std::vector<std::string> components = {};
    std::string promised = {};  ///< How soon it is to be over; empty: nothing is promised.
    std::string expected = {};  ///< How long it takes, and how that is known.
    std::vector<recovery::CarriedOut> carried_out = {};  ///< Here, the oldest first.
    std::string noting = {};                             ///< The command that notes it.
};

/// A promise beside what was measured.
struct Promise {
    std::string part;       ///< "database"
    std::string component;  ///< What of it was measured; empty: nothing can be.
    std::optional<std::chrono::seconds> time, loss;  ///< Promised.
    std::optional<std::chrono::seconds> loses_now;   ///< nullopt: everything, or not known.
    std::optional<std::chrono::milliseconds> takes_now;
    std::chrono::milliseconds test_took{0};
    std::uint64_t test_bytes = 0;
    WallTime tested{};
    std::string verdict;
};

/// What is kept of a component.
struct Kept {
    std::string component;
    std::string runs;  ///< "full Sun 02:00, differential daily 02:00, log continuous"
    std::string where;
    std::string how_long;
    std::string storage_class;
    WallTime newest{};
    WallTime verified{};
};

struct Paper {
    std::string installation;
    std::string version;
    std::string plan;  ///< Its name and version.
    std::string review;
    WallTime made{};
    std::vector<std::string> missing;  ///< What stands in the way of counting on it.
    std::vector<Promise> promises;
    std::vector<Kept> kept;
    std::vector<std::string> places;
    std::vector<recovery::Contact> contacts;
    std::vector<std::string> recipients;
    std::vector<Procedure> procedures;
};

Paper make_paper(const PaperFacts& facts);

}  // namespace syncwatch::apps
