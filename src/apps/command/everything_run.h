#pragma once
#include <functional>
#include <string>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "apps/command/everything_plan.h"
#include "apps/command/restore_hold.h"
#include "apps/restore/restore_journal.h"
#include "apps/restore/store_check.h"

namespace syncwatch::apps {

/// Does what a plan says, step by step. Each is in the journal before the next begins; what is done
/// is looked at when it is run again, and not done again. Nothing is removed.
class EverythingRun {
public:
    /// All outlive it.
    EverythingRun(Invocation& invocation, CommandDesk& desk, const EverythingPlan& plan,
                  const EverythingArguments& arguments, RestoreJournal& journal, RestoreHold& hold)
        : invocation_(invocation),
          desk_(desk),
          plan_(plan),
          arguments_(arguments),
          journal_(journal),
          hold_(hold) {}

    /// Errors: those of the steps, after which it can be run again; VerificationFailed (all is
    /// done, and something acknowledged is missing), Partial (the stores could not be looked at).
    Outcome<> run();

private:
    using Facts = boost::json::object;

    Outcome<> step(const char* name, const std::function<Outcome<Facts>()>& act,
                   const std::function<bool()>& still_is);
    Outcome<> lay_settings();
    Outcome<> restore_database();
    Outcome<> restore_embedded();
    Outcome<> restore_postgres();
    Outcome<> restore_redis();
    Outcome<> finish_in_place();
    Outcome<Facts> lay_files();
    Outcome<Facts> bring_embedded();
    Outcome<Facts> bring_postgres();
    Outcome<Facts> bring_redis();
    Outcome<Facts> migrate();
    Outcome<Facts> check();
    Outcome<Facts> note();
    bool database_is_sound() const;
    Outcome<> wait_for_postgres();
    Outcome<> verdict();

    Invocation& invocation_;
    CommandDesk& desk_;
    const EverythingPlan& plan_;
    const EverythingArguments& arguments_;
    RestoreJournal& journal_;
    RestoreHold& hold_;
    config::Settings settings_;  ///< As they are when the files are in their places.
    boost::json::array told_;    ///< Of each step, for programs.
};

/// A plan for recovery of the places that this restore is from, with their keys, where the database
/// server can read both: what it replays its log from. Errors: Refused.
Outcome<std::filesystem::path> write_restore_plan(const recovery::Plan& plan,
                                                  const std::filesystem::path& folder);

}  // namespace syncwatch::apps
