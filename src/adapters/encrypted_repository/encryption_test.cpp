#include "adapters/encrypted_repository/encryption.h"

#include <fstream>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>

#include "base/unique_fd.h"
#include "harness/contents_of.h"
#include "harness/seeded_random.h"
#include "harness/temp_folder.h"

namespace syncwatch::encrypted {
namespace {

constexpr std::size_t kHeader = 48;
constexpr std::size_t kChunk = std::size_t{64} << 10;
constexpr std::size_t kSealed = kChunk + 16;

class EncryptionTest : public testing::Test {
protected:
    std::string some(std::size_t size) {
        std::vector<std::uint8_t> bytes(size);
        random_.fill(bytes);
        return {bytes.begin(), bytes.end()};
    }
    /// The same by way of files: how both ways end.
    Result<std::string> decrypt_as_file(const std::string& bytes) {
        const auto path = folder_.path() / "file";
        std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
        const UniqueFd fd(::open(path.c_str(), O_RDWR | O_CLOEXEC));
        const auto size = decrypt_file(key_, "a/b", {fd.get(), path});
        if (!size) return fail(size.error());
        EXPECT_EQ(*size, std::filesystem::file_size(path));
        return contents_of(path);
    }
    void expect_corrupt(const std::string& bytes, const std::string& what) {
        const auto one = decrypt(key_, "a/b", bytes);
        ASSERT_FALSE(one) << what;
        EXPECT_EQ(one.error().code, ErrorCode::Corrupt) << what;
        const auto other = decrypt_as_file(bytes);
        ASSERT_FALSE(other) << what;
        EXPECT_EQ(other.error().code, ErrorCode::Corrupt) << what;
        EXPECT_EQ(one.error().message, other.error().message) << what;
    }

    SeededRandom random_;
    const RepositoryKey key_ = RepositoryKey::make(random_);
    TempFolder folder_;
};

TEST_F(EncryptionTest, EverySizeGoesThereAndBack) {
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, kChunk - 1, kChunk, kChunk + 1,
                                   3 * kChunk, 16 * kChunk, 16 * kChunk + 1, 33 * kChunk - 5}) {
        const std::string bytes = some(size);
        const std::string all = encrypt(key_, "a/b", bytes);
        EXPECT_EQ(all.size(), encrypted_size(size));
        EXPECT_EQ(plain_size(all.size()), size);
        if (size > 8) {
            EXPECT_EQ(all.find(bytes.substr(0, 8)), std::string::npos);
        }
        const auto back = decrypt(key_, "a/b", all);
        ASSERT_TRUE(back) << size << ": " << back.error().message;
        EXPECT_TRUE(*back == bytes) << size;
        const auto by_file = decrypt_as_file(all);
        ASSERT_TRUE(by_file) << size << ": " << by_file.error().message;
        EXPECT_TRUE(*by_file == bytes) << size;

        const auto plain = folder_.path() / "plain";
        const auto sealed = folder_.path() / "sealed";
        std::ofstream(plain, std::ios::binary | std::ios::trunc) << bytes;
        const UniqueFd from(::open(plain.c_str(), O_RDONLY | O_CLOEXEC));
        const UniqueFd to(::open(sealed.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
        ASSERT_TRUE(encrypt_file(key_, "a/b", {from.get(), plain}, {to.get(), sealed}));
        EXPECT_TRUE(contents_of(sealed) == all) << size << ": the same way as in memory";
    }
    for (std::uint64_t size : {0u, 47u, 63u}) EXPECT_EQ(plain_size(size), 0u);
}

TEST_F(EncryptionTest, TheSameBecomesTheSameAndAnythingElseDoesNot) {
    EXPECT_EQ(encrypt(key_, "a/b", "film"), encrypt(key_, "a/b", "film"));
    EXPECT_NE(encrypt(key_, "a/b", "film").substr(kHeader),
              encrypt(key_, "a/c", "film").substr(kHeader));
    EXPECT_NE(encrypt(key_, "a/b", "film").substr(16), encrypt(key_, "a/b", "filn").substr(16));
    EXPECT_NE(encrypt(key_, "a/b", "film").substr(16),
              encrypt(RepositoryKey::make(random_), "a/b", "film").substr(16));
}

TEST_F(EncryptionTest, NoBitOfItCanBeChanged) {
    const std::string all = encrypt(key_, "a/b", "a film night");
    for (std::size_t at = 0; at < all.size(); ++at) {
        for (int bit = 0; bit < 8; ++bit) {
            std::string changed = all;
            changed[at] = static_cast<char>(static_cast<unsigned char>(changed[at]) ^ (1u << bit));
            const auto back = decrypt(key_, "a/b", std::move(changed));
            ASSERT_FALSE(back) << at << ", bit " << bit;
            EXPECT_EQ(back.error().code, ErrorCode::Corrupt);
        }
    }
}

TEST_F(EncryptionTest, NoChunkIsLeftOutMovedDoubledOrCutOff) {
    const std::string bytes = some(3 * kChunk + 100);
    const std::string all = encrypt(key_, "a/b", bytes);
    const std::string header = all.substr(0, kHeader);
    std::vector<std::string> chunks;
    for (std::size_t at = kHeader; at < all.size(); at += kSealed) {
        chunks.push_back(all.substr(at, kSealed));
    }
    ASSERT_EQ(chunks.size(), 4u);
    expect_corrupt(header + chunks[0] + chunks[1] + chunks[2], "the last is gone");
    expect_corrupt(header + chunks[0] + chunks[2] + chunks[3], "one is gone");
    expect_corrupt(header + chunks[1] + chunks[0] + chunks[2] + chunks[3], "two changed places");
    expect_corrupt(all + chunks[3], "one came twice");
    expect_corrupt(all + "x", "something follows");
    expect_corrupt(header, "nothing follows");
    for (std::size_t size = 0; size < all.size(); size += 4099) {
        expect_corrupt(all.substr(0, size), "cut off at " + std::to_string(size));
    }
    const std::string empty = encrypt(key_, "a/b", "");
    for (std::size_t size = 0; size < empty.size(); ++size) {
        expect_corrupt(empty.substr(0, size), "of nothing, cut off at " + std::to_string(size));
    }
}

TEST_F(EncryptionTest, ItIsSaidWhatIsWrong) {
    const auto why = [this](std::string bytes) {
        const auto back = decrypt(key_, "a/b", std::move(bytes));
        return back ? std::string("nothing") : back.error().message;
    };
    EXPECT_EQ(why("{\"schema\":1}"), "a/b is not encrypted, and everything here is");
    EXPECT_EQ(why(""), "a/b is cut off");
    EXPECT_EQ(why(encrypt(key_, "a/b", "x").substr(0, 40)), "a/b is cut off");
    EXPECT_EQ(why(encrypt(RepositoryKey::make(random_), "a/b", "x")),
              "a/b is encrypted with another key");
    EXPECT_EQ(why(encrypt(key_, "a/c", "x")),
              "a/b does not decrypt: its bytes were changed, cut off, or are another object's");
}

}  // namespace
}  // namespace syncwatch::encrypted
