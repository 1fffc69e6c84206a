#include "services/accounts/session_cache.h"

#include <gtest/gtest.h>

namespace syncwatch {
namespace {

Sha256Sum key(int n) {
    return sha256(as_bytes(std::to_string(n)));
}

SessionCache::Entry entry(std::uint8_t user, std::uint8_t session) {
    SessionCache::Entry made;
    made.principal.user.uuid.bytes[0] = user;
    made.principal.session.uuid.bytes[0] = session;
    return made;
}

TEST(SessionCacheTest, AnEndedSessionIsForgottenAndTheOthersStay) {
    SessionCache cache(10);
    cache.put(key(1), entry(1, 1), cache.epoch());
    cache.put(key(2), entry(1, 2), cache.epoch());
    cache.put(key(3), entry(2, 3), cache.epoch());
    cache.forget(entry(1, 1).principal.session);
    EXPECT_FALSE(cache.find(key(1)));
    EXPECT_TRUE(cache.find(key(2)));
    cache.forget(entry(1, 2).principal.user);
    EXPECT_FALSE(cache.find(key(2)));
    EXPECT_TRUE(cache.find(key(3)));
}

TEST(SessionCacheTest, WhatWasReadBeforeASessionEndedIsNotKept) {
    SessionCache cache(10);
    const auto before = cache.epoch();  // a request asks the database …
    cache.forget(SessionId{});          // … a session ends …
    cache.put(key(1), entry(1, 1), before);
    EXPECT_FALSE(cache.find(key(1)));
    cache.put(key(1), entry(1, 1), cache.epoch());
    EXPECT_TRUE(cache.find(key(1)));
}

TEST(SessionCacheTest, ItNeverHoldsMoreThanItsCapacity) {
    SessionCache cache(3);
    for (int i = 0; i < 100; ++i) cache.put(key(i), entry(1, 1), cache.epoch());
    int held = 0;
    for (int i = 0; i < 100; ++i) held += cache.find(key(i)) ? 1 : 0;
    EXPECT_GT(held, 0);
    EXPECT_LE(held, 3);
}

}  // namespace
}  // namespace syncwatch
