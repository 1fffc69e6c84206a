#include "adapters/sqlite_log/guard.h"

#include <gtest/gtest.h>

#include "harness/must.h"
#include "harness/temp_folder.h"

namespace syncwatch::sqlite {
namespace {

/// Refuses what reads, when it is told to.
int refuse_select(void* refuses, int action, const char*, const char*, const char*, const char*) {
    const bool refused = *static_cast<const bool*>(refuses) && action == SQLITE_SELECT;
    return refused ? SQLITE_DENY : SQLITE_OK;
}

TEST(GuardTest, OneThatCouldNotGetOnDoesTheNextTime) {
    const TempFolder folder;
    const std::string path = folder.path() / "test.db";
    Connection writer = must(Connection::open(path, Connection::Mode::ReadWrite));
    must(writer.script("PRAGMA journal_mode = WAL; CREATE TABLE t(x)"));
    Guard guard = must(Guard::open(path));
    bool refuses = false;
    for (int connection = 0; connection < 2; ++connection) {
        must(guard.advance());
        sqlite3_set_authorizer(guard.connection().native(), refuse_select, &refuses);
    }
    refuses = true;
    EXPECT_FALSE(guard.advance());
    EXPECT_FALSE(guard.advance());
    refuses = false;
    EXPECT_TRUE(guard.advance());
}

}  // namespace
}  // namespace syncwatch::sqlite
