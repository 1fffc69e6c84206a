#pragma once
#include <algorithm>
#include <atomic>
#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>

#include "adapters/filesystem/folder_repository.h"
#include "adapters/sqlite/database.h"
#include "adapters/sqlite_log/change_log.h"
#include "adapters/sqlite_log/rebuild.h"
#include "adapters/system/system_clock.h"
#include "adapters/system/system_random.h"
#include "base/async/run_to_end.h"
#include "base/async/task_group.h"
#include "harness/eventually.h"
#include "harness/must.h"
#include "harness/temp_folder.h"
#include "recovery/embedded/restore.h"
#include "recovery/embedded/shipper.h"

/// For tests: a database that is written to and backed up, in one process.
namespace syncwatch::recovery {

namespace fs = std::filesystem;

/// Backups in a folder; away when a test says so.
class FolderBackups final : public BackupRepository {
public:
    explicit FolderBackups(fs::path root)
        : root_(std::move(root)), folder_(must(filesystem::FolderRepository::open(root_, pool_))) {}

    Async<> create(std::string name, std::string bytes) override {
        if (away) co_return gone();
        if (stalled) {
            ++stalled_calls;
            co_await clock_.sleep_until(clock_.now() + std::chrono::hours(1));
        }
        co_return co_await folder_->create(std::move(name), std::move(bytes));
    }
    Async<std::uint64_t> create_from(std::string name, fs::path file) override {
        return folder_->create_from(std::move(name), std::move(file));
    }
    Async<std::string> read(std::string name) override {
        if (away) co_return gone();
        co_return co_await folder_->read(std::move(name));
    }
    Async<std::uint64_t> fetch(std::string name, fs::path to) override {
        return folder_->fetch(std::move(name), std::move(to));
    }
    Async<std::vector<Entry>> list(std::string prefix) override {
        if (away) co_return gone();
        co_return co_await folder_->list(std::move(prefix));
    }
    Async<std::vector<std::string>> folders(std::string prefix) override {
        if (away) co_return gone();
        co_return co_await folder_->folders(std::move(prefix));
    }
    Async<> remove(std::string name) override { return folder_->remove(std::move(name)); }
    std::string place() const override { return folder_->place(); }

    /// Files whose name has that in it, sorted.
    std::vector<fs::path> files(std::string_view with) const {
        std::vector<fs::path> out;
        for (const auto& each : fs::recursive_directory_iterator(root_)) {
            if (each.is_regular_file() && each.path().string().find(with) != std::string::npos) {
                out.push_back(each.path());
            }
        }
        std::sort(out.begin(), out.end());
        return out;
    }

    std::atomic<bool> away{false};
    /// What is to be created then waits until it is cancelled.
    std::atomic<bool> stalled{false};
    std::atomic<int> stalled_calls{0};

private:
    static tl::unexpected<Error> gone() {
        return fail_unavailable("backup", "away", std::chrono::seconds(1));
    }

    const fs::path root_;
    SystemClock clock_;
    net::thread_pool pool_{1};
    std::unique_ptr<filesystem::FolderRepository> folder_;
};

/// One life of the process that owns the database and ships its log.
class Life {
public:
    struct Options {
        ShipperSettings shipper = quick();
        std::uint64_t checkpoint_bytes = std::uint64_t{128} << 10;
    };
    static ShipperSettings quick() {
        ShipperSettings settings;
        settings.cluster = "test";
        settings.every = std::chrono::milliseconds(20);
        settings.mark_every = std::chrono::milliseconds(100);
        settings.part_pause = std::chrono::milliseconds(1);
        settings.first_retry = std::chrono::milliseconds(10);
        settings.last_retry = std::chrono::milliseconds(50);
        return settings;
    }

    Life(const fs::path& path, BackupRepository& repository) : Life(path, repository, Options()) {}
    Life(const fs::path& path, BackupRepository& repository, Options options) {
        sqlite::Database::Options database_options;
        database_options.path = path;
        database = must(sqlite::Database::open(std::move(database_options)));
        sqlite::ChangeLog::Options log_options;
        log_options.checkpoint_bytes = options.checkpoint_bytes;
        log = std::make_unique<sqlite::ChangeLog>(*database, path, clock, log_options);
        shipper = std::make_unique<Shipper>(*log, repository, clock, random_, pool_,
                                            std::move(options.shipper));
        auto fault = [](const std::string& task, const std::string& what) {
            ADD_FAILURE() << task << ": " << what;
        };
        tasks_ = std::make_unique<TaskGroup>(loop_.get_executor(), std::move(fault));
        thread_ = std::thread([this] { loop_.run(); });
        net::post(loop_, [this] { tasks_->spawn("ship", shipper->run()); });
    }
    /// Nothing is shipped any more, whatever was under way.
    void end_tasks() {
        if (ended_) return;
        ended_ = true;
        auto end = [this]() -> net::awaitable<void> {
            tasks_->cancel();
            co_await tasks_->join();
        };
        net::co_spawn(loop_, end(), net::use_future).get();
    }
    /// As a stop that is asked for: what is there is shipped.
    void stop() {
        end_tasks();
        must(run_to_end(shipper->finish()));
    }
    ~Life() {
        end_tasks();
        // Not stopped: it ends by itself when no thread of a pool has anything to do with it. The
        // repository's pool lives on, and may be just behind its last errand for it.
        claim_.reset();
        thread_.join();
    }

    void write(const std::string& sql) {
        auto work = [sql](sql::Connection& c) -> Result<> {
            return static_cast<sqlite::Connection&>(c).script(sql);
        };
        must(run_to_end(database->write(std::move(work))));
    }
    bool has_base() const { return shipper->status().has_base; }
    bool wait_for_base() {
        return harness::eventually([&] { return has_base(); });
    }
    /// Waits until everything up to now is shipped.
    bool ship_all() {
        const WallTime now = clock.wall();
        if (harness::eventually([&] { return shipper->status().shipped_until > now; })) return true;
        const ShipperStatus status = shipper->status();
        ADD_FAILURE() << "piece " << status.piece << " until "
                      << format_rfc3339(status.shipped_until) << ", state "
                      << static_cast<int>(status.state) << ", " << status.waiting_bytes
                      << " bytes wait: " << status.trouble;
        return false;
    }

    SystemClock clock;
    std::unique_ptr<sqlite::Database> database;
    std::unique_ptr<sqlite::ChangeLog> log;
    std::unique_ptr<Shipper> shipper;

private:
    using Loop = net::io_context;

    Loop loop_{1};
    net::executor_work_guard<Loop::executor_type> claim_{loop_.get_executor()};
    std::thread thread_;
    SystemRandom random_;
    net::thread_pool pool_{1};
    std::unique_ptr<TaskGroup> tasks_;
    bool ended_ = false;
};

inline Result<Restored> restore_to(BackupRepository& repository, const fs::path& into,
                                   std::optional<WallTime> moment = {}) {
    sqlite::Rebuilder rebuilder;
    RestoreRequest request;
    request.cluster = "test";
    request.moment = moment;
    request.into = into;
    return run_to_end(restore(repository, rebuilder, std::move(request)));
}

}  // namespace syncwatch::recovery
