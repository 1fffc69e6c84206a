#include <fmt/format.h>

#include "apps/papers/procedures.h"
#include "apps/papers/times.h"

namespace syncwatch::apps {
namespace {

using recovery::Standing;

std::string test_command(const Typist& typist, const std::string& component) {
    if (component == "sqlite") return typist.ours("backup restore-test");
    const std::string words = "backup verify --component " + component + " --level restore";
    return component == "pg" ? typist.as_postgres(words) : typist.ours(words);
}

/// nullopt: nothing is wrong with it.
std::optional<std::string> fault_of(const Standing& standing, const PaperFacts& facts,
                                    const Typist& typist) {
    const std::string& name = standing.component;
    if (standing.damaged) {
        return fmt::format("**{} is damaged**, in the last look at one of its backups. Now: `{}`",
                           name, typist.ours("status"));
    }
    if (name == "objects") {
        if (!standing.loss) {
            return "**Films have no second copy**: what the store loses is lost, but for what can "
                   "be encoded again. `objects.second` names one.";
        }
        if (!standing.misses_loss()) return std::nullopt;
        return fmt::format("**The second store is {} behind**, {} is promised. Now: `{}`",
                           format_span(*standing.loss), format_span(*standing.promised_loss),
                           typist.ours("replicate status"));
    }
    if (!standing.loss)
        return fmt::format("**There is no backup of {}**: all of it would be lost.", name);
    if (standing.restored == WallTime{}) {
        return fmt::format(
            "**{} WAS NEVER RESTORED IN A TEST. Nobody knows whether it comes back, or how long "
            "that takes.** Now: `{}`",
            name, test_command(typist, name));
    }
    if (standing.misses_loss()) {
        return fmt::format("**Of {} {} would be lost**, {} is promised. Now: `{}`", name,
                           format_span(*standing.loss), format_span(*standing.promised_loss),
                           typist.ours("status"));
    }
    if (standing.misses_time()) {
        return fmt::format("**{} would take {} to come back**, {} is promised.", name,
                           time_text(*standing.time), format_span(*standing.promised_time));
    }
    if (!facts.plan.restore_test || !facts.plan.restore_test->is_timed()) return std::nullopt;
    const auto since = facts.now - standing.restored;
    if (since <= 2 * facts.plan.restore_test->period()) return std::nullopt;
    return fmt::format("**{} was last restored in a test {} ago.** Now: `{}`", name,
                       format_span(std::chrono::duration<double>(since).count()),
                       test_command(typist, name));
}

}  // namespace

std::vector<std::string> missing(const PaperFacts& facts) {
    const Typist typist(facts);
    std::vector<std::string> all;
    for (const std::string& each : facts.silent) {
        all.push_back("**Not known now**: " + each);
    }
    for (const Standing& each : facts.standings) {
        if (auto fault = fault_of(each, facts, typist)) all.push_back(*std::move(fault));
    }
    for (const auto kind : {recovery::Finding::Kind::Fault, recovery::Finding::Kind::Warning}) {
        for (const recovery::Finding& each : facts.findings) {
            if (each.kind != kind) continue;
            all.push_back(
                fmt::format("In the plan, `{}`: {}. {}", each.where, each.what, each.hint));
        }
    }
    return all;
}

}  // namespace syncwatch::apps
