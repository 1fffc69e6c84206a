#include "adapters/pgbackrest/options.h"

#include <fstream>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "harness/contents_of.h"
#include "harness/temp_folder.h"

namespace syncwatch::pgbackrest {
namespace {

namespace fs = std::filesystem;

Options options(const fs::path& work) {
    Options wanted;
    wanted.data = "/data";
    wanted.socket = "/run";
    wanted.work = work;
    RepositoryOptions near;
    near.name = "near";
    near.path = "/mnt/pgbackrest";
    RepositoryOptions far;
    far.name = "far";
    far.path = "/pgbackrest";
    far.s3 = RepositoryOptions::S3();
    far.s3->host = "store.example";
    far.s3->bucket = "b";
    far.s3->region = "r";
    far.s3->key = "K";
    far.s3->secret = "S";
    wanted.repositories = {near, far};
    return wanted;
}

TEST(PgBackRestOptionsTest, NothingOfTheLogIsEverDiscarded) {
    const auto text = configuration_text(options("/srv"));
    ASSERT_TRUE(text);
    for (const char* each : {"[global]\n", "repo1-path=/mnt/pgbackrest\n", "repo1-type=posix\n",
                             "repo2-type=s3\n", "repo2-s3-key-secret=S\n", "archive-async=y\n",
                             "spool-path=/srv/spool\n", "[syncwatch]\n", "pg1-path=/data\n"}) {
        EXPECT_NE(text->find(each), std::string::npos) << each;
    }
    EXPECT_EQ(text->find("queue-max"), std::string::npos);
    EXPECT_EQ(text->find("repo1-block"), std::string::npos);
}

TEST(PgBackRestOptionsTest, AValueThatWouldBeAnotherLineIsRefused) {
    Options odd = options("/srv");
    odd.user = "postgres\nrepo1-path=/elsewhere";
    EXPECT_FALSE(configuration_text(odd));
    odd.user = "";
    EXPECT_FALSE(configuration_text(odd));
    odd = options("/srv");
    odd.stanza = "a]";
    EXPECT_FALSE(configuration_text(odd));
}

TEST(PgBackRestOptionsTest, ItsFileIsForItsOwnerAlone) {
    const TempFolder folder;
    ASSERT_EQ(::chown(folder.path().c_str(), 65534, 65534) == 0 || ::geteuid() != 0, true);
    Options wanted = options(folder.path());
    wanted.data = folder.path() / "data";
    const fs::path file = wanted.configuration();
    const auto mode = [&] {
        struct ::stat facts {};
        EXPECT_EQ(::stat(file.c_str(), &facts), 0);
        return facts.st_mode & 0777;
    };
    const auto written = write_configuration(wanted);
    ASSERT_TRUE(written) << written.error().message;
    EXPECT_EQ(mode(), 0600u);
    ASSERT_EQ(::chmod(file.c_str(), 0644), 0);
    std::ofstream(file) << "changed by hand";
    ASSERT_TRUE(write_configuration(wanted));
    EXPECT_EQ(mode(), 0600u);
    EXPECT_EQ(contents_of(file), configuration_text(wanted).value());
    wanted.work = folder.path() / "a" / "b";
    EXPECT_EQ(write_configuration(wanted).error().code, ErrorCode::Unavailable);
}

}  // namespace
}  // namespace syncwatch::pgbackrest
