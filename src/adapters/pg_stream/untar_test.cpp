#include "adapters/pg_stream/untar.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "harness/contents_of.h"
#include "harness/temp_folder.h"

namespace syncwatch::pg_stream {
namespace {

namespace fs = std::filesystem;

/// What PostgreSQL writes in front of a file.
std::string header(const std::string& name, std::size_t size, char type) {
    std::string block(512, '\0');
    block.replace(0, name.size(), name);
    block.replace(100, 7, "0000600");
    char digits[12];
    std::snprintf(digits, sizeof(digits), "%011zo", size);
    block.replace(124, 11, digits, 11);
    block[156] = type;
    block.replace(257, 5, "ustar");
    block.replace(148, 8, 8, ' ');
    unsigned sum = 0;
    for (const char each : block) sum += static_cast<unsigned char>(each);
    std::snprintf(digits, sizeof(digits), "%06o", sum);
    block.replace(148, 6, digits, 6);
    return block;
}

std::string file(const std::string& name, const std::string& bytes) {
    std::string entry = header(name, bytes.size(), '0') + bytes;
    entry.resize((entry.size() + 511) / 512 * 512);
    return entry;
}

Result<> lay_down(const fs::path& into, const std::string& archive, std::size_t step) {
    Untar untar(into, std::nullopt);
    for (std::size_t at = 0; at < archive.size(); at += step) {
        SW_CHECK(untar.feed(std::string_view(archive).substr(at, step)));
    }
    return untar.finish();
}

TEST(UntarTest, FilesAndFoldersAreLaidDownHoweverTheArchiveComes) {
    const std::string archive = file("PG_VERSION", "15\n") + header("base", 0, '5') +
                                file("base/empty", "") + file("base/1", std::string(1000, 'x')) +
                                std::string(1024, '\0');
    for (const std::size_t step : {std::size_t{1}, std::size_t{511}, archive.size()}) {
        const TempFolder folder;
        ASSERT_TRUE(lay_down(folder.path(), archive, step)) << step;
        EXPECT_EQ(contents_of(folder.path() / "PG_VERSION"), "15\n");
        EXPECT_EQ(contents_of(folder.path() / "base/1"), std::string(1000, 'x'));
        EXPECT_TRUE(fs::exists(folder.path() / "base/empty"));
        EXPECT_EQ(fs::status(folder.path() / "base").permissions(), fs::perms::owner_all);
    }
}

TEST(UntarTest, NothingLeadsOutOfTheFolderAndNothingIsCutOff) {
    const std::string end(1024, '\0');
    const auto code = [&](const std::string& archive) {
        const TempFolder folder;
        const auto laid = lay_down(folder.path(), archive, 4096);
        return laid ? ErrorCode::Internal : laid.error().code;
    };
    EXPECT_EQ(code(file("../x", "1") + end), ErrorCode::Corrupt);
    EXPECT_EQ(code(file("/etc/x", "1") + end), ErrorCode::Corrupt);
    EXPECT_EQ(code(header("pg_tblspc/16384", 0, '2') + end), ErrorCode::InvalidInput);
    EXPECT_EQ(code(file("x", "1")), ErrorCode::Corrupt) << "without an end";
    EXPECT_EQ(code((file("x", std::string(1000, 'x')) + end).substr(0, 900)), ErrorCode::Corrupt);
    std::string damaged = file("x", "1") + end;
    damaged[0] = 'y';
    EXPECT_EQ(code(damaged), ErrorCode::Corrupt);
    EXPECT_EQ(code(file("x", "1") + file("x", "2") + end), ErrorCode::Unavailable) << "twice";
}

}  // namespace
}  // namespace syncwatch::pg_stream
