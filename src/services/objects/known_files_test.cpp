#include "services/objects/known_files.h"

#include <fstream>

#include <fcntl.h>
#include <gtest/gtest.h>

#include "harness/temp_folder.h"

namespace syncwatch {
namespace {

OpenBlob opened(const std::filesystem::path& file) {
    OpenBlob blob;
    blob.fd = UniqueFd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    return blob;
}

TEST(KnownFilesTest, AFileIsKnownUntilItIsAnotherOne) {
    const TempFolder folder;
    const auto file = folder.path() / "a";
    std::ofstream(file) << "film";
    KnownFiles known;
    EXPECT_FALSE(known.has("a", opened(file)));
    known.add("a", opened(file));
    EXPECT_TRUE(known.has("a", opened(file)));
    EXPECT_FALSE(known.has("b", opened(file)));
    std::ofstream(file, std::ios::app) << "s";
    EXPECT_FALSE(known.has("a", opened(file))) << "written to";
    known.add("a", opened(file));
    std::ofstream(folder.path() / "other") << "films";
    std::filesystem::rename(folder.path() / "other", file);
    EXPECT_FALSE(known.has("a", opened(file))) << "replaced";
}

TEST(KnownFilesTest, ThereIsAnEndToWhatIsKnown) {
    const TempFolder folder;
    const auto file = folder.path() / "a";
    std::ofstream(file) << "film";
    KnownFiles known(2);
    known.add("a", opened(file));
    known.add("b", opened(file));
    EXPECT_TRUE(known.has("a", opened(file)));
    known.add("c", opened(file));
    EXPECT_TRUE(known.has("a", opened(file)));
    EXPECT_FALSE(known.has("b", opened(file))) << "asked for longest ago";
}

}  // namespace
}  // namespace syncwatch
