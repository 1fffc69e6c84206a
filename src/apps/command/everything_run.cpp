#include "apps/command/everything_run.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <utility>

#include <fmt/format.h>
#include <sys/wait.h>

#include "adapters/filesystem/files.h"
#include "adapters/sqlite/connection.h"
#include "apps/command/admin.h"
#include "apps/command/restore_parts.h"
#include "apps/command/restored_owner.h"
#include "apps/command/restored_settings.h"
#include "apps/command/store_words.h"
#include "apps/node/data_lock.h"
#include "apps/node/powers.h"
#include "apps/node/version.h"

namespace syncwatch::apps {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;
namespace json = boost::json;

/// A server that was just started replays its log first.
constexpr auto kReplayWithin = 10min;

Async<> a_second(Clock& clock) {
    co_await clock.sleep_until(clock.now() + 1s);
    co_return Result<>();
}

/// As it was typed, by a shell; what it starts lives on. Its exit code, or 124: it did not end.
int run_typed(const std::string& command) {
    std::string quoted;
    for (const char each : command) {
        if (each == '\'') {
            quoted += "'\\''";
        } else {
            quoted += each;
        }
    }
    const std::string bounded = fmt::format("timeout --foreground --kill-after=10 {} sh -c '{}'",
                                            std::chrono::seconds(kReplayWithin).count(), quoted);
    const int status = std::system(bounded.c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

std::string stamp_of(WallTime now) {
    std::string stamp = format_rfc3339(now);
    std::erase_if(stamp, [](char c) { return c == '-' || c == ':' || c == '.'; });
    return stamp;
}

}  // namespace

Outcome<> EverythingRun::step(const char* name, const std::function<Outcome<Facts>()>& act,
                              const std::function<bool()>& still_is) {
    Clock& clock = desk_.clock();
    const Output& out = invocation_.out;
    if (journal_.done(name) != nullptr && still_is()) {
        out.line(fmt::format("{:9} is done, by an earlier run", name));
        told_.push_back(json::object{{"step", name}, {"did", "earlier"}});
        return {};
    }
    if (auto noted = journal_.note_begun(name, clock.wall()); !noted) {
        return tl::unexpected<Failure>(failure_of(noted.error()));
    }
    const Instant begun = clock.now();
    auto facts = act();
    if (!facts) {
        Failure failure = facts.error();
        failure.what = fmt::format("{}: {}", name, failure.what);
        failure.hint += " Then repeat the same command: it goes on from there.";
        return tl::unexpected<Failure>(std::move(failure));
    }
    const std::chrono::duration<double> took = clock.now() - begun;
    (*facts)["seconds"] = took.count();
    out.line(fmt::format("{:9} done in {:.1f} s", name, took.count()));
    json::object told = *facts;
    told["step"] = name;
    told["did"] = "now";
    told_.push_back(std::move(told));
    auto noted = journal_.note_done(name, *std::move(facts), clock.wall());
    return std::move(noted).map_error([](const Error& error) { return failure_of(error); });
}

Outcome<EverythingRun::Facts> EverythingRun::lay_files() {
    auto laid = plan_.laying.lay(stamp_of(desk_.clock().wall()));
    if (!laid) return tl::unexpected<Failure>(failure_of(laid.error()));
    if (const auto same = plan_.laying.compare(); !same) {
        return tl::unexpected<Failure>(failure_of(same.error()));
    }
    std::size_t count = 0;
    json::array aside;
    for (const Laying::Laid& each : *laid) {
        count += each.done ? 1 : 0;
        if (!each.aside.empty()) {
            invocation_.out.line("moved aside    " + each.aside.string());
            aside.emplace_back(each.aside.string());
        }
        if (each.owned) continue;
        invocation_.out.line("for us alone   " + each.target.string() +
                             ": who it belonged to is not known here, or only root may give it");
    }
    return Facts{{"files", count}, {"moved_aside", std::move(aside)}};
}

Outcome<> EverythingRun::lay_settings() {
    // Whoever mended a file meanwhile, so that it goes on, wants it as it is now.
    const auto is_there = [this] {
        std::error_code failed;
        return std::ranges::all_of(plan_.laying.steps(), [&](const Laying::Step& each) {
            if (each.found == Found::Other) {
                invocation_.out.line("is other now   " + each.target.string());
            }
            return fs::exists(each.target, failed);
        });
    };
    if (auto done = step(
            "settings", [this] { return lay_files(); }, is_there);
        !done)
        return done;
    if (!plan_.is_in_place()) {
        settings_ = plan_.settings;
        return {};
    }
    auto settings = settings_laid_down(plan_.pair.bundles, invocation_.flags);
    if (!settings) return tl::unexpected<Failure>(settings.error());
    settings_ = *std::move(settings);
    return {};
}

bool EverythingRun::database_is_sound() const {
    auto opened = sqlite::Connection::open(plan_.database(), sqlite::Connection::Mode::ReadOnly);
    if (!opened) return false;
    const auto map = [](const sql::Row& row) { return row.text(0); };
    const auto said = opened->query_one("PRAGMA quick_check(1)", map);
    return said && *said == "ok";
}

Outcome<EverythingRun::Facts> EverythingRun::bring_embedded() {
    const fs::path target = plan_.database();
    for (const fs::path& each : {target.parent_path(), plan_.rooted(settings_.data.dir)}) {
        if (auto made = filesystem::ensure_folder(each); !made) {
            return tl::unexpected<Failure>(failure_of(made.error()));
        }
    }
    // A server that runs would go on writing into what was moved aside.
    const auto lock = lock_data_folder(plan_.rooted(settings_.data.dir));
    if (!lock) return tl::unexpected<Failure>(failure_of(lock.error()));
    Failure last{Exit::Refused, "no_backups", "no repository has it", ""};
    for (BackupRepository* each : desk_.desk().repositories()) {
        auto back =
            bring_back_database(*each, desk_.clock(), desk_.cluster(), plan_.set.moment, target);
        if (!back) {
            last = back.error();
            continue;
        }
        const recovery::Restored& restored = back->restored;
        if (!back->aside.empty()) invocation_.out.line("moved aside    " + back->aside.string());
        return Facts{{"into", target.string()},
                     {"reached", format_rfc3339(restored.reached)},
                     {"bytes", restored.base_bytes + restored.log_bytes},
                     {"moved_aside", back->aside.string()}};
    }
    return tl::unexpected<Failure>(std::move(last));
}

Outcome<EverythingRun::Facts> EverythingRun::bring_postgres() {
    auto from = write_restore_plan(desk_.plan(), settings_.recovery.pg_work);
    if (!from) return tl::unexpected<Failure>(from.error());
    config::Settings settings = settings_;
    settings.recovery.plan = *from;
    if (!plan_.is_in_place()) settings.recovery.pg_data = plan_.rooted(settings_.recovery.pg_data);
    Invocation part{std::move(settings), {}, invocation_.out, invocation_.flags};
    if (auto back = bring_back_postgres(part, plan_.postgres_target, arguments_.timeline); !back) {
        return tl::unexpected<Failure>(back.error());
    }
    return Facts{{"into", part.settings.recovery.pg_data.string()},
                 {"to", plan_.postgres_target},
                 {"plan", from->string()}};
}

Outcome<> EverythingRun::wait_for_postgres() {
    Clock& clock = desk_.clock();
    const Instant until = clock.now() + kReplayWithin;
    bool is_started = arguments_.start_postgres.empty();
    for (;;) {
        const auto powers = Powers::open(settings_, sql::Schema::Migrate);
        if (powers) return {};
        if (!is_started) {
            is_started = true;
            const int ended = run_typed(arguments_.start_postgres);
            if (ended == 0) continue;
            constexpr int kTooLong = 124;
            return give_up(Exit::EngineFailed, "not_started",
                           fmt::format("this {}: {}", ended == kTooLong ? "did not end" : "failed",
                                       arguments_.start_postgres),
                           "Start PostgreSQL by hand, without --start-postgres.");
        }
        const bool is_asked = !arguments_.start_postgres.empty();
        if (!is_asked || clock.now() > until) {
            return give_up(Exit::TimedOut, "server_needed",
                           "the database server does not take writes: " + powers.error().message,
                           "Start PostgreSQL, and wait until it has replayed its log.");
        }
        (void)run_to_end(a_second(clock));
    }
}

Outcome<> EverythingRun::restore_database() {
    if (plan_.is_embedded()) {
        return step(
            "database", [this] { return bring_embedded(); },
            [this] { return database_is_sound(); });
    }
    const auto is_there = [this] {
        std::error_code failed;
        const fs::path data = plan_.rooted(settings_.recovery.pg_data);
        return fs::exists(data / "PG_VERSION", failed);
    };
    if (auto done = step(
            "database", [this] { return bring_postgres(); }, is_there);
        !done) {
        return done;
    }
    hold_.leave_for(RestoreHold::kForReplay);
    if (!plan_.is_in_place()) return {};
    auto replayed = wait_for_postgres();
    if (replayed) hold_.leave_for(0h);
    return replayed;
}

Outcome<EverythingRun::Facts> EverythingRun::bring_redis() {
    const PrivateFolder scratch;
    const fs::path file =
        plan_.is_in_place() ? scratch.path() / "redis.rdb" : plan_.root / "redis.rdb";
    std::error_code ignored;
    if (!plan_.is_in_place()) fs::remove(file, ignored);
    const auto fetched = run_to_end(desk_.desk().files().fetch(*plan_.redis, file));
    if (!fetched) return tl::unexpected<Failure>(failure_of(fetched.error()));
    if (!plan_.is_in_place()) return Facts{{"file", file.string()}};
    Invocation part{settings_, {}, invocation_.out, invocation_.flags};
    const std::string& server = settings_.recovery.redis_url;
    if (auto back = bring_back_redis(part, file, server, plan_.state); !back) {
        return tl::unexpected<Failure>(back.error());
    }
    return Facts{{"server", "recovery.redis_url"}};
}

Outcome<EverythingRun::Facts> EverythingRun::migrate() {
    const auto done = migrate_database(settings_);
    if (!done) return tl::unexpected<Failure>(failure_of(done.error()));
    return Facts{{"schema_version", done->version}, {"applied", done->applied.size()}};
}

Outcome<EverythingRun::Facts> EverythingRun::check() {
    Invocation part{settings_, {}, invocation_.out, invocation_.flags};
    const auto report = look_at_stores(part, StoreCheck::Then::Mark);
    if (!report) {
        // Its place may be gone for ever: that is no reason not to serve.
        if (report.error().exit != Exit::Unreachable) {
            return tl::unexpected<Failure>(report.error());
        }
        invocation_.out.line("not checked    " + report.error().what);
        return Facts{{"unreachable", report.error().what}};
    }
    show_stores(invocation_, *report);
    return Facts{{"lost", report->lost.size()}, {"marked", report->marked}};
}

Outcome<EverythingRun::Facts> EverythingRun::note() {
    Invocation part{settings_, {}, invocation_.out, invocation_.flags};
    auto admin = Admin::open(part);
    if (!admin) return tl::unexpected<Failure>(admin.error());
    AuditEntry entry;
    entry.actor = "operator";
    entry.action = "installation.restored";
    entry.subject = desk_.cluster();
    entry.detail = fmt::format("as of {}, by {}", format_rfc3339(plan_.set.moment), kVersion);
    if (auto noted = (*admin)->run((*admin)->powers().audit.record(std::move(entry))); !noted) {
        return tl::unexpected<Failure>(noted.error());
    }
    // Whoever held them is gone, or must not go on.
    auto work = [](sql::Connection& db) { return db.run("DELETE FROM leases"); };
    const auto freed = (*admin)->run((*admin)->powers().database->write(std::move(work)));
    if (!freed) return tl::unexpected<Failure>(freed.error());
    return Facts{{"leases_ended", *freed}};
}

Outcome<> EverythingRun::finish_in_place() {
    const auto yes = [] { return true; };
    // Both cost little, and look at what there is now.
    const auto no = [] { return false; };
    if (auto done = step(
            "migrate", [this] { return migrate(); }, no);
        !done)
        return done;
    if (auto done = step(
            "check", [this] { return check(); }, no);
        !done)
        return done;
    return step(
        "note", [this] { return note(); }, yes);
}

Outcome<> EverythingRun::verdict() {
    const json::object* const found = journal_.done("check");
    if (found == nullptr) return {};
    if (found->contains("unreachable")) {
        return give_up(Exit::Partial, "stores_not_checked",
                       "all is back, but the object stores could not be looked at",
                       "When they answer: syncwatch validate stores.");
    }
    const auto lost = found->at("lost").to_number<std::uint64_t>();
    if (lost == 0) return {};
    return give_up(Exit::VerificationFailed, "objects_lost",
                   fmt::format("all is back, but {} objects are in no store", lost),
                   "A server makes them again where it can; syncwatch validate stores lists them.");
}

Outcome<> EverythingRun::run() {
    if (auto done = lay_settings(); !done) return done;
    if (auto done = restore_database(); !done) return done;
    if (plan_.redis) {
        auto done = step(
            "redis", [this] { return bring_redis(); }, [] { return true; });
        if (!done) return done;
    }
    if (plan_.is_in_place()) {
        if (auto done = finish_in_place(); !done) return done;
    }
    const Outcome<> said = verdict();
    invocation_.out.set("done", std::move(told_));
    auto kept = journal_.finish(desk_.clock().wall());
    if (!kept) return tl::unexpected<Failure>(failure_of(kept.error()));
    if (plan_.is_in_place()) give_to_owner(settings_.data.dir);
    invocation_.out.line("journal   " + kept->string());
    return said;
}

}  // namespace syncwatch::apps
