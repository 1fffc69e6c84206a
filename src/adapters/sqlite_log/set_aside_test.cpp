#include "adapters/sqlite_log/set_aside.h"

#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "harness/contents_of.h"
#include "harness/killed_at_change.h"
#include "harness/memory_folder.h"
#include "harness/numbered_writes.h"

namespace syncwatch::sqlite {
namespace {

namespace fs = std::filesystem;

constexpr int kWrites = 40;

fs::path wal_of(const fs::path& database) {
    return database.string() + "-wal";
}

void overwrite(const fs::path& file, std::streamoff at, const std::string& with) {
    std::fstream out(file, std::ios::binary | std::ios::in | std::ios::out);
    out.seekp(at) << with;
}

/// Half of the writes are in the file, the rest in the log alone.
void make_database(const fs::path& path) {
    Connection db = must(Connection::open(path, Connection::Mode::ReadWrite));
    must(db.script("PRAGMA journal_mode = WAL"));
    must(db.script(NumberedWrites::kTables));
    for (int n = 1; n <= kWrites; ++n) {
        must(db.script(NumberedWrites::nth(n)));
        if (n == kWrites / 2) must(db.script("PRAGMA wal_checkpoint(TRUNCATE)"));
    }
    sqlite3_db_config(db.native(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

struct Present {
    const char* what;
    void (*damage)(const fs::path& database);
    bool opens;
};

void make_no_damage(const fs::path&) {}

void damage_header_of_log(const fs::path& database) {
    overwrite(wal_of(database), 8, "xxxx");
}

/// Not even what the log has of it makes a database of it.
void damage_file(const fs::path& database) {
    overwrite(database, 0, std::string(8192, 'x'));
    overwrite(wal_of(database), 32, std::string(8192, 'x'));
}

const Present kPresent[] = {
    {"sound", make_no_damage, true},
    {"the header of the log is damaged", damage_header_of_log, false},
    {"the file is damaged", damage_file, false},
};

class SetAsideTest : public testing::Test {
protected:
    /// A folder with that database, another one for each call.
    fs::path folder_with(const Present& present) {
        const fs::path made = folder_.path() / "made" / present.what;
        if (!fs::exists(made)) {
            fs::create_directories(made);
            make_database(made / "test.db");
            present.damage(made / "test.db");
        }
        const fs::path folder = folder_.path() / std::to_string(next_++);
        fs::copy(made, folder);
        return folder;
    }
    /// That all of it is there under this name.
    void expect_whole(const Present& present, const fs::path& database) {
        if (present.opens) {
            EXPECT_EQ(NumberedWrites::in(database), kWrites);
            return;
        }
        const fs::path made = folder_.path() / "made" / present.what / "test.db";
        EXPECT_EQ(contents_of(database), contents_of(made));
        EXPECT_EQ(contents_of(wal_of(database)), contents_of(wal_of(made)));
    }
    /// As a server that begins: it takes what is there, or makes a new one.
    static void begin_to_use(const fs::path& database) {
        auto db = Connection::open(database, Connection::Mode::ReadWrite);
        if (db) (void)db->script("PRAGMA journal_mode = WAL; CREATE TABLE IF NOT EXISTS other(x)");
    }

    harness::MemoryFolder folder_;
    int next_ = 0;
};

TEST_F(SetAsideTest, ASoundOneIsOneFileAfterwards) {
    const fs::path folder = folder_with(kPresent[0]);
    const SetAside done = must(set_aside(folder / "test.db", folder / "before"));
    EXPECT_TRUE(done.was_there);
    EXPECT_EQ(done.log_apart, "");
    EXPECT_EQ(std::distance(fs::directory_iterator(folder), {}), 1) << "one file";
    expect_whole(kPresent[0], folder / "before");
}

TEST_F(SetAsideTest, ADamagedOneGoesAsideAsItIs) {
    for (const Present& present : {kPresent[1], kPresent[2]}) {
        const fs::path folder = folder_with(present);
        const SetAside done = must(set_aside(folder / "test.db", folder / "before"));
        EXPECT_NE(done.log_apart, "") << present.what;
        EXPECT_EQ(std::distance(fs::directory_iterator(folder), {}), 2) << present.what;
        expect_whole(present, folder / "before");
    }
}

TEST_F(SetAsideTest, OneThatSomebodyHasOpenStaysWhereItIs) {
    const fs::path folder = folder_with(kPresent[0]);
    const fs::path database = folder / "test.db";
    {
        Connection other = must(Connection::open(database, Connection::Mode::ReadOnly));
        must(other.script("SELECT count(*) FROM t"));
        const auto refused = set_aside(database, folder / "before");
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().reason, "database_in_use");
    }
    EXPECT_FALSE(fs::exists(folder / "before"));
    expect_whole(kPresent[0], database);
}

TEST_F(SetAsideTest, WhereThereIsNoneALogThatIsLeftGoesAsideToo) {
    const fs::path folder = folder_with(kPresent[0]);
    const std::string log = contents_of(wal_of(folder / "test.db"));
    fs::remove(folder / "test.db");
    EXPECT_FALSE(must(set_aside(folder / "test.db", folder / "before")).was_there);
    EXPECT_FALSE(fs::exists(wal_of(folder / "test.db")));
    EXPECT_EQ(contents_of(wal_of(folder / "before")), log);
}

TEST_F(SetAsideTest, WhereverItIsCutOffNothingIsLostAndItCanBeDoneAgain) {
    for (const Present& present : kPresent) {
        int changes = 0;
        for (bool cut = true; cut; ++changes) {
            const fs::path folder = folder_with(present);
            const auto ended = harness::killed_at_change(
                changes + 1, [&folder] { (void)set_aside(folder / "test.db", folder / "before"); });
            if (ended == harness::KilledAtChange::Impossible) GTEST_SKIP() << "no tracing here";
            cut = ended == harness::KilledAtChange::Killed;
            SCOPED_TRACE(fmt::format("{}, cut off before change {}", present.what, changes + 1));
            const bool moved = fs::exists(folder / "before");
            const fs::path looked_at = folder_.path() / "look";
            fs::copy(folder, looked_at);
            expect_whole(present, looked_at / (moved ? "before" : "test.db"));
            fs::remove_all(looked_at);

            if (moved || present.opens) begin_to_use(folder / "test.db");
            must(set_aside(folder / "test.db", folder / "again"));
            EXPECT_FALSE(fs::exists(wal_of(folder / "test.db")));
            EXPECT_FALSE(fs::exists(folder / "test.db"));
            expect_whole(present, folder / (moved ? "before" : "again"));
            fs::remove_all(folder);
            if (HasFailure()) return;
        }
        EXPECT_GT(changes, 5) << present.what;
    }
}

}  // namespace
}  // namespace syncwatch::sqlite
