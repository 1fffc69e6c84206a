#include "base/network.h"

#include <gtest/gtest.h>

namespace syncwatch {
namespace {

TEST(NetworkTest, AddressesAreInTheNetworkOrNot) {
    struct Row {
        const char* network;
        const char* address;
        bool in;
    };
    for (const Row& row :
         {Row{"192.0.2.7", "192.0.2.7", true}, Row{"192.0.2.7", "192.0.2.8", false},
          Row{"10.0.0.0/8", "10.255.0.1", true}, Row{"10.0.0.0/8", "11.0.0.1", false},
          Row{"172.16.0.0/12", "172.31.255.255", true}, Row{"172.16.0.0/12", "172.32.0.0", false},
          Row{"0.0.0.0/0", "203.0.113.9", true}, Row{"0.0.0.0/0", "2001:db8::1", false},
          Row{"10.0.0.0/8", "::ffff:10.1.2.3", true}, Row{"::1", "::1", true},
          Row{"fd00::/8", "fdab::1", true}, Row{"fd00::/8", "fe80::1", false},
          Row{"10.0.0.0/8", "", false}, Row{"10.0.0.0/8", "10.0.0.1, 10.0.0.2", false}}) {
        const auto network = Network::parse(row.network);
        ASSERT_TRUE(network) << row.network;
        EXPECT_EQ(network->contains(row.address), row.in) << row.network << " " << row.address;
    }
}

TEST(NetworkTest, WhatIsNoNetworkIsNone) {
    for (const char* text :
         {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8x", "10.0.0.1/8",
          "fd00::/129", "fd00::1/8", "films.example", "10.0.0.0/8/8"}) {
        EXPECT_FALSE(Network::parse(text)) << text;
    }
}

}  // namespace
}  // namespace syncwatch
