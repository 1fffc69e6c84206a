#include "adapters/system/sodium_sealer.h"

#include <gtest/gtest.h>

#include "harness/seeded_random.h"

namespace syncwatch {
namespace {

constexpr std::string_view kSecret = "who may come in";

std::string opened(const Sealer& sealer, std::string_view text) {
    const auto bytes = sealer.open(text);
    if (!bytes) return bytes.error().code == ErrorCode::Unauthenticated ? "refused" : "?";
    return {bytes->begin(), bytes->end()};
}

class SodiumSealerTest : public testing::Test {
protected:
    static KeyStore::Key key(std::uint8_t first) {
        KeyStore::Key made{};
        made[0] = first;
        return made;
    }

    SeededRandom random_;
    SodiumSealer sealer_{key(1), random_};
};

TEST_F(SodiumSealerTest, WhatIsSealedOpensAnywhereWithTheKey) {
    SeededRandom other(2);
    const SodiumSealer another_node(key(1), other);
    for (std::size_t length = 0; length <= kSecret.size(); ++length) {
        const std::string_view said = kSecret.substr(0, length);
        const std::string text = sealer_.seal(as_bytes(said));
        EXPECT_EQ(opened(another_node, text), said);
        EXPECT_EQ(text.size(), ((40 + length) * 4 + 2) / 3);
        EXPECT_EQ(text.find_first_of("+/=&?%"), std::string::npos) << text;
    }
}

TEST_F(SodiumSealerTest, AnotherKeyDoesNotOpenIt) {
    const SodiumSealer other(key(2), random_);
    EXPECT_EQ(opened(other, sealer_.seal(as_bytes(kSecret))), "refused");
}

TEST_F(SodiumSealerTest, TheSameBytesAreSealedDifferentlyEachTime) {
    const std::string first = sealer_.seal(as_bytes(kSecret));
    const std::string second = sealer_.seal(as_bytes(kSecret));
    EXPECT_NE(first, second);
    EXPECT_NE(first.substr(32), second.substr(32)) << "not the nonce alone";
}

TEST_F(SodiumSealerTest, NoBitOfItCanBeChanged) {
    const std::string text = sealer_.seal(as_bytes(kSecret));
    const std::vector<std::uint8_t> sealed = decode_base64url(text).value();
    for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
        std::vector<std::uint8_t> changed = sealed;
        changed[bit / 8] ^= static_cast<std::uint8_t>(1u << (bit % 8));
        EXPECT_EQ(opened(sealer_, encode_base64url(changed)), "refused") << bit;
    }
    for (std::size_t length = 0; length < text.size(); ++length) {
        EXPECT_EQ(opened(sealer_, text.substr(0, length)), "refused") << length;
    }
    EXPECT_EQ(opened(sealer_, text + "A"), "refused");
}

TEST_F(SodiumSealerTest, ThereIsOneSpellingOfASeal) {
    // One byte more than a multiple of three: the last letter carries four bits of nothing.
    const std::string text = sealer_.seal(as_bytes(kSecret.substr(0, 3)));
    ASSERT_EQ(opened(sealer_, text), kSecret.substr(0, 3));
    int open = 0;
    for (int letter = 1; letter < 256; ++letter) {
        std::string other = text;
        other.back() = static_cast<char>(letter);
        if (opened(sealer_, other) != "refused") ++open;
    }
    EXPECT_EQ(open, 1);
    EXPECT_EQ(opened(sealer_, text + "="), "refused");
    EXPECT_EQ(opened(sealer_, text + "\n"), "refused");
}

}  // namespace
}  // namespace syncwatch
