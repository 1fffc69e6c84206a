// What counts as a backup, with an engine that says whatever a test wants.
#include "recovery/postgres/component.h"

#include <functional>
#include <utility>

#include <gtest/gtest.h>

#include "base/async/run_to_end.h"
#include "harness/manual_clock.h"

namespace syncwatch::recovery {
namespace {

wal::Lsn in_segment(std::uint64_t segment, std::uint64_t byte = 0) {
    return {segment * wal::kSegmentBytes + byte};
}

/// Calls every backup a success, as engines do.
class SaidEngine final : public DatabaseBackups {
public:
    SaidEngine() {
        made_.label = "20261129-225616F";
        made_.begins = in_segment(3, 40);
        made_.ends = in_segment(4, 300);
        made_.system_id = server_.system_id = "7713731073849569474";
        log_ = {{1, 0, {}, {{in_segment(1), in_segment(5)}}}};
        server_.is_archiving = true;
        server_.position = in_segment(5);
    }

    const std::vector<std::string>& repositories() const override { return names_; }
    Async<> prepare() override { co_return Result<>(); }
    Async<Backup> run(std::size_t, Kind, std::map<std::string, std::string>, Tell) override {
        ++runs_;
        co_return made_;
    }
    Async<std::vector<Backup>> list(std::size_t) override {
        co_return runs_ > 0 ? std::vector{made_} : std::vector<Backup>();
    }
    Async<Log> log(std::size_t) override { co_return log_; }
    Async<std::optional<WallTime>> last_commit(std::size_t, std::uint32_t) override {
        co_return std::optional<WallTime>();
    }
    Async<Audit> verify(std::size_t) override { co_return Audit(); }
    Async<> restore(Restoration) override { co_return Result<>(); }
    Async<Rehearsal> rehearse(std::size_t, std::string, std::filesystem::path,
                              RestoredVisitor*) override {
        co_return Rehearsal();
    }
    Async<> forget(std::size_t, std::string) override { co_return Result<>(); }
    Async<Server> server() override { co_return server_; }
    Async<Rows> rows() override { co_return Rows(); }

    Backup made_;
    Log log_;
    Server server_;
    int runs_ = 0;

private:
    const std::vector<std::string> names_{"near"};
};

/// Why there is none; empty: there is one.
std::string none_of(SaidEngine& engine) {
    ManualClock clock;
    PgComponent component(engine, clock, "/nowhere");
    BackupComponent::Request request;
    const auto record = run_to_end(component.run(std::move(request)));
    if (record) return record->annotations.contains("label.near") ? "" : "it has no label";
    return record.error().message;
}

std::string made_none(const std::function<void(SaidEngine&)>& change) {
    SaidEngine engine;
    change(engine);
    return none_of(engine);
}

TEST(PgComponentTest, ABackupCountsWhenTheLogToItsEndIsThere) {
    EXPECT_EQ(made_none([](SaidEngine&) {}), "");
    const std::string early = made_none([](SaidEngine& engine) {
        engine.log_[0].held = {{in_segment(1), in_segment(4)}};
    });
    EXPECT_NE(early.find("the log that makes 20261129-225616F whole is not there"),
              std::string::npos)
        << early;
    const std::string hole = made_none([](SaidEngine& engine) {
        engine.log_[0].held = {{in_segment(1), in_segment(3)}, {in_segment(4), in_segment(5)}};
    });
    EXPECT_NE(hole.find("is missing in the middle of the log"), std::string::npos) << hole;
    const std::string nothing = made_none([](SaidEngine& engine) { engine.log_.clear(); });
    EXPECT_NE(nothing.find("is not there"), std::string::npos) << nothing;
}

TEST(PgComponentTest, OneOfADamagedDatabaseIsNone) {
    const std::string bad =
        made_none([](SaidEngine& engine) { engine.made_.has_bad_pages = true; });
    EXPECT_NE(bad.find("pages with wrong checksums"), std::string::npos) << bad;
}

TEST(PgComponentTest, WhereNoLogIsArchivedNoneIsBegun) {
    SaidEngine engine;
    engine.server_.is_archiving = false;
    EXPECT_EQ(none_of(engine), "PostgreSQL does not archive its log");
    EXPECT_EQ(engine.runs_, 0);
}

}  // namespace
}  // namespace syncwatch::recovery
