#include "domain/media/title.h"

#include <gtest/gtest.h>

namespace syncwatch {
namespace {

TEST(TitleTest, AFilesNameBecomesATitle) {
    const std::pair<std::string, std::string> cases[] = {
        {"Big Buck Bunny.mp4", "Big Buck Bunny"},
        {"Big.Buck.Bunny.2008.1080p.mkv", "Big.Buck.Bunny.2008.1080p"},
        {"C:\\films\\The End.AVI", "The End"},
        {"../../etc/passwd", "passwd"},
        {"..", "Untitled"},
        {"", "Untitled"},
        {".mkv", ".mkv"},
        {"Fahrenheit 9.11", "Fahrenheit 9.11"},
        {"2001: A Space Odyssey", "2001: A Space Odyssey"},
        {"two\nlines\r\n.webm", "two lines"},
        {"\"quoted\" $(rm -rf) `x` 'y'.mov", "\"quoted\" $(rm -rf) `x` 'y'"},
        {"-i.mp4", "-i"},
        {"fire 🔥🔥.mp4", "fire 🔥🔥"},
        {"\x01\x02.mp4", "Untitled"},
        {std::string(1000, 'x') + ".mp4", std::string(200, 'x')},
    };
    for (const auto& [file, title] : cases) EXPECT_EQ(title_of_file(file), title) << file;
}

TEST(TitleTest, ATypedTitleIsTrimmedOrRefused) {
    EXPECT_EQ(valid_title("  The End ").value(), "The End");
    for (const std::string& wrong : {std::string(), std::string("a\nb"), std::string(201, 'x')}) {
        const auto refused = valid_title(wrong);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().fields[0].field, "title");
    }
}

}  // namespace
}  // namespace syncwatch
