#include "recovery/bundle/tar.h"

#include <functional>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "harness/must.h"

namespace syncwatch::recovery {
namespace {

constexpr std::size_t kTarBlock = 512;

std::vector<TarEntry> two_files() {
    return {{"manifest.json", "{}", 0600, 1'790'000'000, "", ""},
            {"files/etc/syncwatch/syncwatch.toml", std::string(1000, 'x'), 0640, 0, "root",
             "syncwatch"}};
}

/// Makes a header's sum right again after its bytes were changed.
void mend_sum(std::string& archive, std::size_t header) {
    archive.replace(header + 148, 8, 8, ' ');
    unsigned sum = 0;
    for (std::size_t i = 0; i < kTarBlock; ++i) {
        sum += static_cast<unsigned char>(archive[header + i]);
    }
    archive.replace(header + 148, 8, fmt::format("{:06o}", sum) + std::string("\0 ", 2));
}

TEST(TarTest, WhatIsWrittenIsRead) {
    for (const auto& entries : {two_files(), std::vector<TarEntry>{},
                                std::vector<TarEntry>{{"a", std::string(kTarBlock, '\0')}}}) {
        const std::string archive = must(write_tar(entries));
        EXPECT_EQ(archive.size() % kTarBlock, 0u);
        EXPECT_EQ(must(read_tar(archive)), entries);
    }
}

TEST(TarTest, ALongNameIsCutAtASlash) {
    const std::string folder(90, 'f');
    for (const std::string& name :
         {std::string(100, 'n'), folder + "/" + std::string(100, 'n'), folder + "/a/b/" + folder}) {
        const std::vector<TarEntry> one{{name, "bytes"}};
        EXPECT_EQ(must(read_tar(must(write_tar(one)))), one);
    }
    for (const std::string& name : {std::string(101, 'n'), std::string(300, 'n'), std::string(),
                                    std::string("/etc/x"), std::string("a/../b")}) {
        const auto written = write_tar({{name, "bytes"}});
        ASSERT_FALSE(written) << name;
        EXPECT_EQ(written.error().code, ErrorCode::InvalidInput);
    }
}

TEST(TarTest, EveryCutIsNoticed) {
    const std::string archive = must(write_tar(two_files()));
    for (std::size_t size = 0; size < archive.size(); ++size) {
        const auto read = read_tar(std::string_view(archive).substr(0, size));
        ASSERT_FALSE(read) << size;
        EXPECT_EQ(read.error().code, ErrorCode::Corrupt);
    }
}

TEST(TarTest, WhatIsHostileIsRefused) {
    struct Case {
        const char* what;
        std::function<void(std::string&)> harm;
    };
    const auto name = [](std::string_view to) {
        return [to](std::string& archive) {
            archive.replace(0, 100, 100, '\0');
            archive.replace(0, to.size(), to);
            mend_sum(archive, 0);
        };
    };
    const auto byte = [](std::size_t at, char to) {
        return [at, to](std::string& archive) {
            archive[at] = to;
            mend_sum(archive, 0);
        };
    };
    const std::vector<Case> cases{
        {"a whole path", name("/etc/passwd")},
        {"a way up", name("files/../../etc/passwd")},
        {"a dot", name("./x")},
        {"a folder", name("files/")},
        {"two slashes", name("files//x")},
        {"a line's end", name("files/a\nb")},
        {"no UTF-8", name("files/\xff")},
        {"no name", name("")},
        {"the same name twice", name("files/etc/syncwatch/syncwatch.toml")},
        {"a hard link", byte(156, '1')},
        {"a symbolic link", byte(156, '2')},
        {"a device", byte(156, '3')},
        {"a folder by its type", byte(156, '5')},
        {"an extension of POSIX", byte(156, 'x')},
        {"a long name of GNU", byte(156, 'L')},
        {"the target of a link", byte(157, 'x')},
        {"a size that is none", byte(130, '9')},
        {"a size in base 256", byte(124, '\x80')},
        {"a size of half a gigabyte", byte(126, '4')},
        {"a name behind its end", byte(60, 'x')},
        {"permissions of more than twelve bits", byte(100, '7')},
        {"another magic", byte(262, ' ')},
        {"a wrong sum", [](std::string& archive) { archive[0] = 'M'; }},
        {"bytes behind the end", [](std::string& archive) { archive += std::string(512, 'x'); }},
        {"bytes between files", [](std::string& archive) { archive[kTarBlock + 100] = 'x'; }},
        {"no end", [](std::string& archive) { archive.resize(archive.size() - 1024); }},
    };
    for (const Case& each : cases) {
        std::string archive = must(write_tar(two_files()));
        each.harm(archive);
        const auto read = read_tar(archive);
        ASSERT_FALSE(read) << each.what;
        EXPECT_EQ(read.error().code, ErrorCode::Corrupt) << each.what;
    }
}

}  // namespace
}  // namespace syncwatch::recovery
