#pragma once
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "apps/command/failure.h"
#include "apps/config/load.h"
#include "apps/config/settings.h"

namespace CLI {
class App;
}

namespace syncwatch::apps {

/// Where a command's results go: lines for people, or one JSON document for programs. Progress and
/// errors go to stderr, never here.
class Output {
public:
    Output(bool json, std::string command) : json_(json), command_(std::move(command)) {}

    bool json() const { return json_; }
    /// For people; nothing in JSON mode.
    void line(std::string_view text) const;
    /// Adds to the document; nothing for people.
    void set(std::string_view name, boost::json::value value);
    /// Prints the document. `failure`: nullptr when all went well.
    void finish(const Failure* failure) const;

private:
    std::string hint_of(const Failure& failure) const;

    const bool json_;
    const std::string command_;
    boost::json::object document_;
};

/// What every command is given.
struct Invocation {
    config::Settings settings;
    std::vector<config::Problem> problems;  ///< Of the settings; none, but for the doctor.
    Output& out;
    std::map<std::string, std::string> flags;  ///< Settings that the command line names, by key.
};

/// A command that was chosen on the command line.
struct Command {
    using Run = std::function<Outcome<>(Invocation&)>;

    Run run;                        ///< With its own arguments bound.
    bool despite_problems = false;  ///< Runs although the settings cannot be used.
};

/// Each adds its command to the program; the one that is chosen puts itself into `chosen`.
void add_serve(CLI::App& app, Command& chosen);
void add_worker(CLI::App& app, Command& chosen);
void add_migrate(CLI::App& app, Command& chosen);
void add_doctor(CLI::App& app, Command& chosen);
void add_lab(CLI::App& app, Command& chosen);
void add_user(CLI::App& app, Command& chosen);
void add_room(CLI::App& app, Command& chosen);
void add_video(CLI::App& app, Command& chosen);
void add_replicate(CLI::App& app, Command& chosen);
void add_plan(CLI::App& app, Command& chosen);
/// `plan notify` and `plan note`, below `plan`.
void add_plan_notify(CLI::App& plan, Command& chosen);
void add_plan_note(CLI::App& plan, Command& chosen);
void add_backup(CLI::App& app, Command& chosen);
void add_restore(CLI::App& app, Command& chosen);
void add_status(CLI::App& app, Command& chosen);
void add_health(CLI::App& app, Command& chosen);
/// `restore pg`, below `restore`.
void add_restore_postgres(CLI::App& restore, Command& chosen);
/// `restore everything`, below `restore`.
void add_restore_everything(CLI::App& restore, Command& chosen);
void add_validate(CLI::App& app, Command& chosen);
/// wal-push and wal-get.
void add_wal(CLI::App& app, Command& chosen);
void add_wal_stream(CLI::App& app, Command& chosen);

}  // namespace syncwatch::apps
