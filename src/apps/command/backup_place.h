#pragma once
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>
#include <boost/asio/thread_pool.hpp>

#include "adapters/system/system_clock.h"
#include "adapters/system/system_random.h"
#include "apps/backup/open_repository.h"
#include "apps/command/command.h"
#include "apps/command/recovered_keys.h"
#include "base/async/run_to_end.h"

namespace syncwatch::apps {

/// Which backups a command is about.
struct BackupArguments {
    std::string repository;             ///< Empty: as the plan says.
    std::filesystem::path credentials;  ///< Of `repository`, if it is an S3 store.
    std::filesystem::path identity;     ///< The file of a recovery key; empty: none.
    std::string cluster;                ///< Empty: the only one that is there.
    std::string moment;                 ///< RFC 3339, or "latest".
};

/// --repository, --credentials, --identity, --cluster; `with_moment`: and --to.
void add_backup_options(CLI::App& command, BackupArguments& arguments, bool with_moment);

/// The moment that --to names; nullopt: the latest. Errors: Usage (also: it has no zone).
Outcome<std::optional<WallTime>> moment_of(const BackupArguments& arguments);

/// The place that --repository names, as `plan` has it where it is one of that.
recovery::Repository named_place(const recovery::Plan& plan, const BackupArguments& arguments);

/// The backups of one installation in one place.
class BackupPlace {
public:
    /// The nearest that is there, and has something. Errors: Refused (no place is named, or nothing
    /// is there), Unreachable.
    static Outcome<std::unique_ptr<BackupPlace>> open(const Invocation& invocation,
                                                      const BackupArguments& arguments);
    ~BackupPlace();

    BackupRepository& repository() { return repository_->get(); }
    const std::string& cluster() const { return cluster_; }
    Clock& clock() { return clock_; }
    const recovery::Plan& plan() const { return plan_; }
    template <class T>
    Outcome<T> run(Async<T> task) {
        auto done = run_to_end(std::move(task));
        return std::move(done).map_error([](const Error& error) { return failure_of(error); });
    }

private:
    BackupPlace() = default;
    Result<> open_one(const recovery::Repository& where, std::string cluster);

    SystemClock clock_;
    SystemRandom random_;
    net::thread_pool pool_{2};
    recovery::Plan plan_;
    RecoveredKeys keys_;
    std::unique_ptr<OpenRepository> repository_;
    std::string cluster_;
};

/// "2026-11-29T16:00:00.000Z"; "–": there is no such moment.
std::string moment_text(WallTime moment);

}  // namespace syncwatch::apps
