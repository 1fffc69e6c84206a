#include "adapters/pg_stream/sealed.h"

#include <gtest/gtest.h>

namespace syncwatch::pg_stream {
namespace {

constexpr std::size_t kMost = std::size_t{16} << 20;

TEST(SealedTest, WhatWasSealedComesBack) {
    for (const std::string& each : {std::string(), std::string("log"), std::string(kMost, 'x')}) {
        const std::string sealed = seal(each);
        EXPECT_EQ(unseal(sealed, kMost).value(), each);
        EXPECT_LT(sealed.size(), 1000u);
    }
    EXPECT_EQ(sum_of(seal("")).value(),
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(SealedTest, AnyDamageIsSeen) {
    const std::string sealed = seal("the log of a server, the log of a server");
    for (std::size_t i = 0; i < sealed.size(); ++i) {
        std::string damaged = sealed;
        damaged[i] = static_cast<char>(damaged[i] ^ 1);
        const auto read = unseal(damaged, kMost);
        // A bit of zstd's own front says nothing about what is in it.
        EXPECT_TRUE(!read || *read == "the log of a server, the log of a server") << i;
        EXPECT_FALSE(unseal(sealed.substr(0, i), kMost)) << i;
    }
    EXPECT_FALSE(unseal(sealed + "more", kMost));
    EXPECT_FALSE(unseal(seal(std::string(1000, 'x')), 999)) << "larger than anything of ours";
}

}  // namespace
}  // namespace syncwatch::pg_stream
