// A database that cannot be used: it is said, and nothing is overwritten.
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/contents_of.h"
#include "harness/http_client.h"
#include "harness/process.h"
#include "harness/temp_folder.h"

namespace syncwatch {
namespace {

using harness::Ran;

constexpr uid_t kNobody = 65534;

class DamageTest : public testing::Test {
protected:
    DamageTest() {
        // A folder that a server has used.
        harness::Server server(data());
        (void)harness::HttpClient(server.port()).account("alice");
        EXPECT_EQ(server.stop(), 0);
    }
    std::filesystem::path data() const { return folder_.path() / "data"; }
    std::filesystem::path database() const { return data() / "syncwatch.db"; }

    Ran run(std::vector<std::string> command) const {
        command.insert(command.end(), {"--data-dir", data().string()});
        if (command[0] == "serve") command.insert(command.end(), {"--listen", "127.0.0.1:0"});
        return harness::run_syncwatch(std::move(command));
    }
    /// Every command refuses with this code, one line and a hint, and leaves the file as it was.
    void expect_refusal(int exit, const std::string& said) const {
        const std::string before = contents_of(database());
        for (const std::vector<std::string>& command :
             std::vector<std::vector<std::string>>{{"serve"}, {"migrate"}, {"user", "list"}}) {
            const Ran ran = run(command);
            EXPECT_EQ(ran.exit, exit) << command[0] << ": " << ran.err;
            EXPECT_TRUE(ran.err.starts_with("syncwatch: ")) << ran.err;
            EXPECT_NE(ran.err.find(database().string()), std::string::npos) << ran.err;
            EXPECT_NE(ran.err.find(said), std::string::npos) << ran.err;
            EXPECT_NE(ran.err.find("\nHINT: "), std::string::npos) << ran.err;
            EXPECT_EQ(ran.out, "");
        }
        EXPECT_EQ(contents_of(database()), before);
    }

    TempFolder folder_;
};

TEST_F(DamageTest, AFileThatIsNoDatabaseIsSaidAndKept) {
    std::ofstream(database(), std::ios::binary) << std::string(8192, 'x');
    expect_refusal(5, "not a database");
    EXPECT_EQ(run({"doctor"}).exit, 5);
}

TEST_F(DamageTest, ADatabaseWithTornPagesIsSaidAndKept) {
    const auto size = std::filesystem::file_size(database());
    std::fstream file(database(), std::ios::binary | std::ios::in | std::ios::out);
    for (std::uint64_t at = 4096; at + 4096 <= size; at += 4096) {
        file.seekp(static_cast<std::streamoff>(at));
        file << std::string(2048, '\x5a');
    }
    file.close();
    expect_refusal(5, "");
    EXPECT_EQ(run({"doctor"}).exit, 5);
}

TEST_F(DamageTest, ANewerSchemaIsLeftToTheNewerProgram) {
    // "user_version" stands at byte 60 of the first page, the greatest first (sqlite3 file format).
    std::fstream file(database(), std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(60);
    file << std::string("\0\1\0\0", 4);
    file.close();
    expect_refusal(3, "schema 65536, this program knows up to ");
    EXPECT_EQ(run({"doctor"}).exit, 3);
}

TEST_F(DamageTest, ADatabaseThatMayNotBeWrittenIsSaid) {
    if (::geteuid() != 0) GTEST_SKIP() << "becoming somebody else needs root";
    // Readable for everybody, writable for root alone; run as somebody else.
    ASSERT_EQ(::chmod(folder_.path().c_str(), 0755), 0);
    ASSERT_EQ(::chmod(data().c_str(), 0777), 0);
    ASSERT_EQ(::chmod(database().c_str(), 0644), 0);
    // They may not be let into the folder that it was built in.
    const auto program = folder_.path() / "syncwatch";
    std::filesystem::copy_file(harness::program(), program);
    harness::Process::Options options;
    options.user = kNobody;
    for (const char* command : {"serve", "migrate"}) {
        options.command = {program.string(), command, "--data-dir", data().string()};
        if (std::string(command) == "serve") {
            options.command.insert(options.command.end(), {"--listen", "127.0.0.1:0"});
        }
        harness::Process process(options);
        EXPECT_EQ(process.wait(), 3) << process.err();
        EXPECT_NE(process.err().find("readonly"), std::string::npos) << process.err();
        EXPECT_NE(process.err().find("\nHINT: "), std::string::npos) << process.err();
    }
}

TEST_F(DamageTest, ADataFolderThatCannotBeMadeIsSaid) {
    std::ofstream(folder_.path() / "file") << "x";
    const auto ran = harness::run_syncwatch({"serve", "--listen", "127.0.0.1:0", "--data-dir",
                                             (folder_.path() / "file/data").string()});
    EXPECT_EQ(ran.exit, 3);
    EXPECT_NE(ran.err.find("make the data folder"), std::string::npos) << ran.err;
}

TEST_F(DamageTest, ASecondServerOnTheSameFolderIsRefused) {
    harness::Server server(data());
    const Ran ran = run({"serve"});
    EXPECT_EQ(ran.exit, 8);
    EXPECT_NE(ran.err.find("another syncwatch serves"), std::string::npos) << ran.err;
    EXPECT_EQ(run({"doctor"}).exit, 0) << "the doctor may look meanwhile";
    EXPECT_EQ(harness::HttpClient(server.port()).get("/health/ready").status, 200);
}

}  // namespace
}  // namespace syncwatch
