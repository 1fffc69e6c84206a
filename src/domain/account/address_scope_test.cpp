#include "domain/account/address_scope.h"

#include <gtest/gtest.h>

namespace syncwatch {
namespace {

TEST(AddressScopeTest, AHouseholdIsOneScope) {
    EXPECT_EQ(address_scope("192.0.2.7"), "192.0.2.7");
    EXPECT_EQ(address_scope("::ffff:192.0.2.7"), "192.0.2.7");
    EXPECT_EQ(address_scope("2001:db8:1:2:aaaa::1"), "2001:db8:1:2::/64");
    EXPECT_EQ(address_scope("2001:db8:1:2:bbbb::2"), address_scope("2001:db8:1:2:cccc:1:1:1"));
    EXPECT_NE(address_scope("2001:db8:1:3::1"), address_scope("2001:db8:1:2::1"));
    EXPECT_EQ(address_scope("fe80::1%eth0"), "fe80::/64");
    EXPECT_EQ(address_scope("unknown"), "unknown");
    EXPECT_EQ(address_scope(""), "");
}

}  // namespace
}  // namespace syncwatch
