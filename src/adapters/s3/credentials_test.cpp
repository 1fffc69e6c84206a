#include "adapters/s3/credentials.h"

#include <fstream>

#include <gtest/gtest.h>

#include "harness/temp_folder.h"

namespace syncwatch::s3 {
namespace {

class CredentialsFileTest : public testing::Test {
protected:
    /// As a careful operator does it: written beside, then renamed.
    void write(const std::string& text) {
        const auto beside = folder_.path() / "new";
        std::ofstream(beside) << text;
        std::filesystem::rename(beside, path_);
    }
    static std::string keys(const std::string& access, const std::string& secret) {
        return "[default]\naws_access_key_id = " + access + "\naws_secret_access_key=" + secret +
               "\n";
    }

    TempFolder folder_;
    const std::filesystem::path path_ = folder_.path() / "credentials";
    CredentialsFile file_{path_};
};

TEST(CredentialsTest, ReadsWhatAwsToolsWrite) {
    const auto found = parse_credentials(
        "# mine\r\n[other]\naws_access_key_id = x\n\n[default]\r\naws_access_key_id = AK\r\n"
        "aws_secret_access_key = a/b+c=\r\naws_session_token = t\nregion = somewhere\n");
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_EQ(*found, (Credentials{"AK", "a/b+c=", "t"}));
}

TEST(CredentialsTest, RefusesHalfOfThemAndSaysNoSecret) {
    for (const char* text : {"", "aws_access_key_id = A", "aws_secret_access_key = hush",
                             "aws_access_key_id = A\naws_secret_access_key =", "hush",
                             "aws_access_key_id = A b\naws_secret_access_key = hush",
                             "[other]\naws_access_key_id=A\naws_secret_access_key=hush"}) {
        const auto refused = parse_credentials(text);
        ASSERT_FALSE(refused) << text;
        EXPECT_EQ(refused.error().message.find("hush"), std::string::npos);
    }
}

TEST_F(CredentialsFileTest, AReplacedFileIsReadAgain) {
    write(keys("old", "1"));
    EXPECT_EQ(file_.current().value().access_key, "old");
    write(keys("new", "2"));
    EXPECT_EQ(file_.current().value(), (Credentials{"new", "2"}));
}

TEST_F(CredentialsFileTest, ABadReplacementLeavesTheOldOnesInUse) {
    write(keys("old", "1"));
    ASSERT_TRUE(file_.current());
    write("half");
    EXPECT_EQ(file_.current().value().access_key, "old");
    std::filesystem::remove(path_);
    EXPECT_EQ(file_.current().value().access_key, "old");
    EXPECT_EQ(file_.current().value().access_key, "old");
    write(keys("new", "2"));
    EXPECT_EQ(file_.current().value().access_key, "new");
}

TEST_F(CredentialsFileTest, AFileThatIsNotThereIsNamedAndMayComeLater) {
    const auto absent = file_.current();
    ASSERT_FALSE(absent);
    EXPECT_NE(absent.error().message.find(path_.string()), std::string::npos);
    write(keys("A", "1"));
    EXPECT_TRUE(file_.current());
}

}  // namespace
}  // namespace syncwatch::s3
