#include "apps/backup/cluster.h"

#include <boost/asio/thread_pool.hpp>
#include <gtest/gtest.h>

#include "adapters/filesystem/folder_repository.h"
#include "base/async/run_to_end.h"
#include "harness/temp_folder.h"

namespace syncwatch::apps {
namespace {

class ClusterTest : public testing::Test {
protected:
    void put(const std::string& cluster) {
        const auto made = run_to_end(
            repository_->create("v1/cluster/" + cluster + "/data/sqlite/x", std::string("x")));
        ASSERT_TRUE(made) << made.error().message;
    }
    Result<std::string> chosen(const std::string& wanted = "") {
        return run_to_end(choose_cluster(*repository_, wanted));
    }

    TempFolder folder_;
    net::thread_pool pool_{1};
    std::unique_ptr<filesystem::FolderRepository> repository_ =
        filesystem::FolderRepository::open(folder_.path() / "backups", pool_).value();
};

TEST_F(ClusterTest, TheOnlyOneIsMeant) {
    EXPECT_EQ(chosen().error().code, ErrorCode::NotFound) << "nothing is there";
    put("one");
    EXPECT_EQ(chosen().value(), "one");
    EXPECT_EQ(chosen("one").value(), "one");
}

TEST_F(ClusterTest, OfSeveralOneMustBeNamed) {
    put("one");
    put("two");
    const auto unclear = chosen();
    ASSERT_FALSE(unclear);
    EXPECT_EQ(unclear.error().code, ErrorCode::Conflict);
    EXPECT_NE(unclear.error().message.find("one, two"), std::string::npos);
    EXPECT_EQ(chosen("two").value(), "two");
    EXPECT_EQ(chosen("three").error().code, ErrorCode::NotFound);
}

TEST(ClusterNameTest, ItComesFromTheKeyAndDoesNotTellIt) {
    KeyStore::Key key{};
    const std::string name = cluster_of(key);
    EXPECT_EQ(name.size(), 16u);
    EXPECT_EQ(cluster_of(key), name);
    key[0] = 1;
    EXPECT_NE(cluster_of(key), name);
    EXPECT_NE(name, "0000000000000000");
}

}  // namespace
}  // namespace syncwatch::apps
