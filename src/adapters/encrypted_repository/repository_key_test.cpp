#include "adapters/encrypted_repository/repository_key.h"

#include <fstream>

#include <gtest/gtest.h>

#include "harness/seeded_random.h"
#include "harness/temp_folder.h"

namespace syncwatch::encrypted {
namespace {

TEST(RepositoryKeyTest, ItsFileBringsItBack) {
    SeededRandom random;
    const auto key = RepositoryKey::make(random);
    const auto other = RepositoryKey::make(random);
    EXPECT_NE(key.id(), other.id());
    EXPECT_EQ(key.id().size(), 16u);
    EXPECT_EQ(key.text().find(key.id()), std::string::npos);
    const auto back = RepositoryKey::parse("# of the films' house\r\n\n" + key.text());
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(back->id(), key.id());
    EXPECT_EQ(back->derived("x"), key.derived("x"));
    EXPECT_NE(key.derived("x"), key.derived("y"));
    EXPECT_NE(key.derived("x"), other.derived("x"));
}

TEST(RepositoryKeyTest, WhatIsNoneIsSaidWithItsFile) {
    SeededRandom random;
    const std::string text = RepositoryKey::make(random).text();
    const std::string line = text.substr(0, text.size() - 1);
    for (const std::string& wrong :
         {std::string(), std::string("# nothing\n"), std::string("AKIA\nsecret\n"),
          line.substr(0, line.size() - 1), line + "A", text + text, " " + text,
          std::string("syncwatch-repository-key:"), std::string("AGE-SECRET-KEY-1QQQ\n")}) {
        const auto key = RepositoryKey::parse(wrong);
        ASSERT_FALSE(key) << wrong;
        EXPECT_EQ(key.error().code, ErrorCode::InvalidInput);
        EXPECT_EQ(key.error().reason, "no_repository_key");
    }
    const TempFolder folder;
    const auto file = folder.path() / "key";
    EXPECT_EQ(RepositoryKey::read(file).error().code, ErrorCode::NotFound);
    std::ofstream(file) << "nonsense";
    const auto read = RepositoryKey::read(file);
    ASSERT_FALSE(read);
    EXPECT_NE(read.error().message.find(file.string()), std::string::npos) << read.error().message;
    std::ofstream(file) << text;
    EXPECT_TRUE(RepositoryKey::read(file));
}

}  // namespace
}  // namespace syncwatch::encrypted
