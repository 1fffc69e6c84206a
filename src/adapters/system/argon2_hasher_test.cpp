#include "adapters/system/argon2_hasher.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "base/async/run_to_end.h"

namespace syncwatch {
namespace {

TEST(Argon2HasherTest, APasswordMatchesItsOwnHashAlone) {
    Argon2Hasher hasher(Argon2Hasher::Options::cheap());
    const auto hash = run_to_end(hasher.hash("correct horse"));
    ASSERT_TRUE(hash);
    EXPECT_EQ(hash->rfind("$argon2id$", 0), 0u);
    EXPECT_EQ(hash->find("correct horse"), std::string::npos);
    EXPECT_EQ(run_to_end(hasher.verify("correct horse", *hash)), true);
    EXPECT_EQ(run_to_end(hasher.verify("correct horsf", *hash)), false);
    EXPECT_EQ(run_to_end(hasher.verify("", *hash)), false);
}

TEST(Argon2HasherTest, TheSamePasswordHashesDifferentlyEachTime) {
    Argon2Hasher hasher(Argon2Hasher::Options::cheap());
    EXPECT_NE(run_to_end(hasher.hash("x")).value(), run_to_end(hasher.hash("x")).value());
}

TEST(Argon2HasherTest, ANulByteDoesNotEndThePassword) {
    Argon2Hasher hasher(Argon2Hasher::Options::cheap());
    const auto hash = run_to_end(hasher.hash(std::string("a\0b", 3)));
    EXPECT_EQ(run_to_end(hasher.verify(std::string("a\0c", 3), *hash)), false);
    EXPECT_EQ(run_to_end(hasher.verify("a", *hash)), false);
}

TEST(Argon2HasherTest, NoHashAtAllIsNoMatch) {
    Argon2Hasher hasher(Argon2Hasher::Options::cheap());
    EXPECT_EQ(run_to_end(hasher.verify("", "")), false);
    EXPECT_EQ(run_to_end(hasher.verify("x", "not a hash")), false);
}

TEST(Argon2HasherTest, AnUnknownUserTakesAsLongAsAWrongPassword) {
    Argon2Hasher hasher((Argon2Hasher::Options()));
    const std::string hash = run_to_end(hasher.hash("right")).value();
    const auto time = [&](const std::string& against) {
        auto best = std::chrono::steady_clock::duration::max();
        for (int i = 0; i < 5; ++i) {
            const auto start = std::chrono::steady_clock::now();
            EXPECT_EQ(run_to_end(hasher.verify("wrong", against)), false);
            best = std::min(best, std::chrono::steady_clock::now() - start);
        }
        return std::chrono::duration<double, std::milli>(best).count();
    };
    const double known = time(hash);
    const double unknown = time("");
    // Without the work it would take a thousandth; a busy machine makes them differ by half.
    EXPECT_GT(unknown, known * 0.25);
    EXPECT_LT(unknown, known * 4);
    RecordProperty("verify_ms", static_cast<int>(known));
    EXPECT_GT(known, 10) << "a guess must cost an attacker something";
}

net::awaitable<void> hash_one(Argon2Hasher& hasher, int& done, int& refused) {
    const auto hash = co_await hasher.hash("x");
    if (hash) {
        ++done;
    } else if (hash.error().code == ErrorCode::Exhausted) {
        ++refused;
    }
}

TEST(Argon2HasherTest, OverItsBoundItRefusesAtOnceAndRecovers) {
    auto options = Argon2Hasher::Options::cheap();
    options.max_under_way = 4;
    Argon2Hasher hasher(options);
    net::io_context context(1);
    int done = 0;
    int refused = 0;
    for (int i = 0; i < 10; ++i) {
        net::co_spawn(context, hash_one(hasher, done, refused), net::detached);
    }
    context.run();
    EXPECT_EQ(done, 4);
    EXPECT_EQ(refused, 6);
    EXPECT_TRUE(run_to_end(hasher.hash("x")));
}

}  // namespace
}  // namespace syncwatch
