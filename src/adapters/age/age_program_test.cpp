// With the real age.
#include "adapters/age/age_program.h"

#include <cstdlib>
#include <fstream>

#include <gtest/gtest.h>

#include "adapters/age/age_header.h"
#include "base/async/run_to_end.h"
#include "harness/contents_of.h"
#include "harness/must.h"
#include "harness/recovery_key.h"
#include "harness/temp_folder.h"

namespace syncwatch::age {
namespace {

namespace fs = std::filesystem;

class AgeProgramTest : public testing::Test {
protected:
    /// A new key's file; its public half is what harness::public_half() gives.
    fs::path make_key(const std::string& name) const {
        fs::path file = folder_.path() / name;
        harness::make_recovery_key(file);
        return file;
    }
    Result<std::uint64_t> encrypt(std::string plain, std::vector<std::string> recipients) {
        return run_to_end(age_.encrypt(std::move(plain), std::move(recipients), file_));
    }
    Result<std::string> decrypt(const fs::path& key) {
        return run_to_end(age_.decrypt(file_, key));
    }
    std::string bytes() const { return contents_of(file_); }
    void overwrite(const std::string& bytes) const {
        std::ofstream(file_, std::ios::binary) << bytes;
    }

    TempFolder folder_;
    net::thread_pool pool_{1};
    AgeProgram age_{{}, pool_};
    const fs::path file_ = folder_.path() / "secrets.age";
    const fs::path first_ = make_key("first");
    const fs::path second_ = make_key("second");
};

TEST_F(AgeProgramTest, EitherOfTwoKeysOpensItAndNoOther) {
    const std::string plain = std::string(200'000, 'x') + "the end";
    const auto size = encrypt(plain, {harness::public_half(first_), harness::public_half(second_)});
    ASSERT_TRUE(size) << size.error().message;
    EXPECT_EQ(*size, fs::file_size(file_));
    EXPECT_EQ(fs::status(file_).permissions(), fs::perms::owner_read | fs::perms::owner_write);
    const AgeHeader header = must(read_age_header(bytes()));
    EXPECT_EQ(header.recipients, 2u);
    EXPECT_TRUE(check_size(header, *size));
    EXPECT_EQ(must(decrypt(first_)), plain);
    EXPECT_EQ(must(decrypt(second_)), plain);
    const auto other = decrypt(make_key("other"));
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().code, ErrorCode::Forbidden);
    EXPECT_EQ(other.error().reason, "wrong_key");
    EXPECT_NE(other.error().message.find("none of the keys"), std::string::npos);
    EXPECT_EQ(encrypt("again", {harness::public_half(first_)}).error().code, ErrorCode::Conflict);
}

TEST_F(AgeProgramTest, WhatIsDamagedIsGivenInNoPart) {
    const std::string plain(200'000, 'x');
    (void)must(encrypt(plain, {harness::public_half(first_)}));
    const std::string whole = bytes();
    const std::size_t header = must(read_age_header(whole)).bytes;
    // In the nonce, in the first, the second and the last chunk, and in the header's sum.
    for (const std::size_t at :
         {header + 3, header + 100, header + 70'000, whole.size() - 1, header - 10}) {
        std::string flipped = whole;
        flipped[at] = static_cast<char>(flipped[at] ^ 1);
        overwrite(flipped);
        const auto opened = decrypt(first_);
        ASSERT_FALSE(opened) << at;
        EXPECT_EQ(opened.error().code, ErrorCode::Corrupt) << at;
    }
    // At the end of a chunk, too, where nothing of it is cut.
    for (const std::size_t size : {std::size_t{0}, std::size_t{10}, header - 1, header, header + 16,
                                   header + 16 + 65552, whole.size() - 1}) {
        overwrite(whole.substr(0, size));
        const auto opened = decrypt(first_);
        ASSERT_FALSE(opened) << size;
        EXPECT_EQ(opened.error().code, ErrorCode::Corrupt) << opened.error().message;
    }
}

TEST_F(AgeProgramTest, ARecipientThatIsNoneIsNamed) {
    for (const std::string wrong : {"age1foo", "AGE1FOO", "--help", "", "ssh-rsa x"}) {
        const auto encrypted = encrypt("plain", {harness::public_half(first_), wrong});
        ASSERT_FALSE(encrypted) << wrong;
        EXPECT_EQ(encrypted.error().code, ErrorCode::InvalidInput) << encrypted.error().message;
        EXPECT_TRUE(encrypted.error().message.starts_with(wrong)) << encrypted.error().message;
        EXPECT_FALSE(fs::exists(file_));
    }
    EXPECT_EQ(encrypt("plain", {}).error().code, ErrorCode::InvalidInput);
}

TEST_F(AgeProgramTest, AKeyThatIsNoneIsSaidWithoutWhatIsInIt) {
    (void)must(encrypt("plain", {harness::public_half(first_)}));
    const auto absent = decrypt(folder_.path() / "nowhere");
    ASSERT_FALSE(absent);
    EXPECT_EQ(absent.error().reason, "no_identity");
    const fs::path wrong = folder_.path() / "wrong";
    std::ofstream(wrong) << "AGE-SECRET-KEY-1SECRETLETTERS\n";
    const auto garbage = decrypt(wrong);
    ASSERT_FALSE(garbage);
    EXPECT_EQ(garbage.error().code, ErrorCode::InvalidInput) << garbage.error().message;
    EXPECT_EQ(garbage.error().message.find("SECRETLETTERS"), std::string::npos);
    std::ofstream(wrong) << "age-encryption.org/v1\n-> scrypt x\n";
    const auto locked = decrypt(wrong);
    ASSERT_FALSE(locked);
    EXPECT_EQ(locked.error().reason, "locked_identity");
}

TEST_F(AgeProgramTest, WithoutTheProgramItIsSaid) {
    AgeProgram none({.program = "syncwatch-no-age"}, pool_);
    const auto encrypted = run_to_end(none.encrypt("plain", {harness::public_half(first_)}, file_));
    ASSERT_FALSE(encrypted);
    EXPECT_EQ(encrypted.error().reason, "no_age");
    EXPECT_FALSE(fs::exists(file_));
    const auto version = run_to_end(none.version());
    ASSERT_FALSE(version);
    EXPECT_EQ(version.error().reason, "no_age");
    EXPECT_FALSE(must(run_to_end(age_.version())).empty());
}

TEST_F(AgeProgramTest, MoreThanIsAllowedIsRefused) {
    AgeProgram small({.most_bytes = 1000}, pool_);
    std::string plain(1001, 'x');
    EXPECT_EQ(run_to_end(small.encrypt(plain, {harness::public_half(first_)}, file_)).error().code,
              ErrorCode::TooLarge);
    (void)must(encrypt(std::string(100'000, 'x'), {harness::public_half(first_)}));
    EXPECT_FALSE(run_to_end(small.decrypt(file_, first_)));
}

}  // namespace
}  // namespace syncwatch::age
