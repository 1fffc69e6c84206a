#pragma once
#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "adapters/pgbackrest/options.h"
#include "adapters/program/run.h"

namespace syncwatch::pgbackrest {

/// pgBackRest as a program that is run: with our configuration, as whom it has to be, to its end.
class Engine {
public:
    explicit Engine(Options options) : options_(std::move(options)) {}

    const Options& options() const { return options_; }

    struct Call {
        std::string doing;              ///< For words: "make a backup".
        std::vector<std::string> args;  ///< Options, then the command and what it takes.
        std::chrono::milliseconds deadline = std::chrono::minutes(3);
        program::HearLine hear = {};
        const char* log_level = "warn";  ///< Of what is said on stderr.
    };
    /// However it ended. Errors: Unavailable (also: it is not installed), Timeout, Cancelled.
    Async<program::Ran> run(Call call) const;
    /// What it said on stdout. Errors: also those that its exit code means.
    Async<std::string> ask(Call call) const;
    /// Of programs that belong to the database: ours, with what is to stand there, but nothing that
    /// would be an option of pgBackRest which nobody wrote into the configuration, or a secret.
    static std::vector<std::string> environment(std::map<std::string, std::string> more);
    /// A program of PostgreSQL's own, as whom the server belongs to, with TZ=UTC. Errors: as run().
    Async<program::Ran> run_postgres(std::string name, std::vector<std::string> args,
                                     std::chrono::milliseconds deadline) const;
    std::string postgres_program(const std::string& name) const;

private:
    const Options options_;
};

/// "--repo=2": of the repository by its number in Options.
std::string repository_option(std::size_t number);

}  // namespace syncwatch::pgbackrest
