#include "adapters/pgbackrest/information.h"

#include <gtest/gtest.h>

namespace syncwatch::pgbackrest {
namespace {

std::string of(const std::string& status, const std::string& backups) {
    return R"([{"archive":[],"backup":[)" + backups +
           R"(],"db":[{"id":1,"repo-key":1,"system-id":7713731073849569474,"version":"15"}],)"
           R"("name":"sw","repo":[{"cipher":"none","key":1,"status":)" +
           status + R"(}],"status":{"code":0}}])";
}
const std::string kGoodStatus = R"({"code":0,"message":"ok"})";
const std::string kBackup =
    R"({"annotation":{"syncwatch":"abc"},"archive":{"start":"000000020000000000000007",)"
    R"("stop":"000000020000000000000007"},"backrest":{"format":5,"version":"2.45"},)"
    R"("database":{"id":1,"repo-key":1},"error":false,"info":{"delta":23131867,)"
    R"("repository":{"delta":2830816,"size":2830816},"size":23131867},)"
    R"("label":"20261129-225616F_20261129-225642D","lsn":{"start":"0/7000028","stop":"0/7000138"},)"
    R"("prior":null,"reference":["20261129-225616F"],"timestamp":{"start":1795992976,)"
    R"("stop":1795992979},"type":"diff"})";

TEST(InformationTest, ABackupIsReadAsItIsTold) {
    const auto known = read_information(of(kGoodStatus, kBackup));
    ASSERT_TRUE(known) << known.error().message;
    ASSERT_EQ(known->backups.size(), 1u);
    const auto& backup = known->backups[0];
    EXPECT_EQ(backup.label, "20261129-225616F_20261129-225642D");
    EXPECT_EQ(backup.kind, DatabaseBackups::Kind::Differential);
    EXPECT_EQ(backup.stands_on, std::vector<std::string>{"20261129-225616F"});
    EXPECT_EQ(backup.timeline, 2u);
    EXPECT_EQ(wal::text(backup.ends), "0/7000138");
    EXPECT_EQ(backup.system_id, "7713731073849569474");
    EXPECT_EQ(backup.stored_bytes, 2830816u);
    EXPECT_EQ(backup.annotations.at("syncwatch"), "abc");
    EXPECT_EQ(format_rfc3339(backup.finished), "2026-11-29T22:56:19.000Z");
    EXPECT_FALSE(backup.has_bad_pages);
}

TEST(InformationTest, ItsStatusCountsAndNotItsExitCode) {
    const auto code = [](const std::string& status) {
        const auto known = read_information(of(status, ""));
        return known ? std::string(known->is_prepared ? "prepared" : "not prepared")
                     : std::string(known.error().reason);
    };
    EXPECT_EQ(code(kGoodStatus), "prepared");
    EXPECT_EQ(code(R"({"code":1,"message":"missing stanza path"})"), "not prepared");
    EXPECT_EQ(code(R"({"code":2,"message":"no valid backups"})"), "prepared");
    EXPECT_EQ(code(R"({"code":5,"message":"mismatch"})"), "not_this_database");
    EXPECT_EQ(code(R"({"code":99,"message":"[FileOpenError] unable\nto open"})"),
              "repository_away");
    EXPECT_EQ(code(R"({"code":42})"), "repository_away") << "a newer word for something bad";
    EXPECT_FALSE(read_information(of(R"({"code":3,"message":"missing stanza data"})", "")));
    EXPECT_FALSE(read_information(of("{}", "")));
}

TEST(InformationTest, HalfOfItIsNothing) {
    const std::string whole = of(kGoodStatus, kBackup);
    for (std::size_t end = 0; end < whole.size(); ++end) {
        EXPECT_FALSE(read_information(whole.substr(0, end))) << end;
    }
    EXPECT_FALSE(read_information(of(kGoodStatus, "{}")));
    EXPECT_FALSE(read_information("{}"));
    EXPECT_FALSE(read_information(R"([{"repo":[]}])"));
    EXPECT_FALSE(read_information("[]").value().is_prepared);
}

}  // namespace
}  // namespace syncwatch::pgbackrest
