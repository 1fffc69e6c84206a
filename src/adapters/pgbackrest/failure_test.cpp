#include "adapters/pgbackrest/failure.h"

#include <gtest/gtest.h>

namespace syncwatch::pgbackrest {
namespace {

Error of(int code, std::string errors = {}) {
    program::Ran ran;
    ran.end.code = code;
    ran.errors = std::move(errors);
    return failure_of("make a backup", ran);
}

TEST(PgBackRestFailureTest, ItsCodeSaysWhatCanBeDone) {
    EXPECT_EQ(of(50).code, ErrorCode::Conflict);
    EXPECT_EQ(of(50).reason, "backup_locked");
    EXPECT_EQ(of(82).code, ErrorCode::Timeout);
    EXPECT_EQ(of(38).reason, "server_runs");
    EXPECT_EQ(of(40).reason, "not_empty_folder");
    EXPECT_EQ(of(58).reason, "not_this_database");
    EXPECT_EQ(of(45).reason, "log_differs");
    EXPECT_EQ(of(103).code, ErrorCode::Unavailable);
    EXPECT_EQ(of(103).component, "backup");
    for (const int unknown : {1, 25, 125, 137}) {
        EXPECT_EQ(of(unknown).code, ErrorCode::Unavailable) << unknown;
    }
}

TEST(PgBackRestFailureTest, WhereAStoreRefusesTheKeysThatIsSaid) {
    const Error error = of(39,
                           "ERROR: [039]: HTTP request failed with 400 (Bad Request):\n"
                           "       *** Response Content ***:\n"
                           "       <Error><Code>ExpiredToken</Code></Error>\n");
    EXPECT_EQ(error.reason, "keys_refused");
    EXPECT_EQ(error.code, ErrorCode::Unavailable);
    EXPECT_NE(error.message.find("the S3 store refuses the keys"), std::string::npos);
    EXPECT_EQ(of(39, "ERROR: [039]: HTTP request failed with 403 (Forbidden)\n").reason,
              "keys_refused");
    EXPECT_EQ(of(39, "ERROR: [039]: HTTP request failed with 500\n").reason, "");
}

TEST(PgBackRestFailureTest, ARepositoryOfAnotherDatabaseIsNotCalledAway) {
    const Error error = of(103,
                           "WARN: repo1: [ArchiveMismatchError] unable to retrieve the archive id "
                           "for database version '15' and system-id '77'\n"
                           "ERROR: [103]: unable to find a valid repository\n");
    EXPECT_EQ(error.reason, "not_this_database");
    EXPECT_EQ(error.code, ErrorCode::Conflict);
}

TEST(PgBackRestFailureTest, AServerThatLeftIsSaidWhateverItsCode) {
    for (const char* each : {"ERROR: [101]: NULL result required to complete request\n",
                             "ERROR: [057]: unable to execute query 'select pg_backup_stop()': "
                             "FATAL:  terminating connection due to administrator command\n",
                             "ERROR: [057]: unable to send query 'x': server closed the connection "
                             "unexpectedly\n"}) {
        const Error error = of(57, each);
        EXPECT_EQ(error.reason, "server_left") << each;
        EXPECT_EQ(error.code, ErrorCode::Unavailable);
        EXPECT_NE(error.message.find("the server went away"), std::string::npos);
    }
    EXPECT_EQ(of(57, "ERROR: [057]: syntax error\n").reason, "");
}

TEST(PgBackRestFailureTest, ItsOwnWordsAreKeptWithoutItsHints) {
    const std::string said =
        "INFO: backup command begin 2.45: --config=x\n"
        "WARN: repo1: [FileMissingError] unable to load info file 'a' or 'b':\n"
        "      FileMissingError: unable to open missing file 'a' for read\n"
        "      HINT: is archive_command configured correctly?\n"
        "ERROR: [103]: unable to find a valid repository\n";
    EXPECT_EQ(own_words(said),
              "WARN: repo1: [FileMissingError] unable to load info file 'a' or 'b':; "
              "FileMissingError: unable to open missing file 'a' for read; "
              "ERROR: [103]: unable to find a valid repository");
    EXPECT_EQ(own_words("INFO: nothing\n"), "");
    EXPECT_NE(of(103, said).message.find("make a backup: no repository can be used"),
              std::string::npos);
    EXPECT_LT(own_words("ERROR: " + std::string(100'000, 'x')).size(), 1000u);
}

}  // namespace
}  // namespace syncwatch::pgbackrest
