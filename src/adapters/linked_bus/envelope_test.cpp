#include "adapters/linked_bus/envelope.h"

#include <gtest/gtest.h>

namespace syncwatch {
namespace {

TEST(EnvelopeTest, AMessageOfAnyBytesComesBackAsItWas) {
    const BusMessage message{0xfedcba9876543210, 7, "room/ABC", std::string("\0\xff\r\n", 4)};
    const auto read = decode_envelope(encode(message));
    ASSERT_TRUE(read);
    EXPECT_EQ(std::get<BusMessage>(*read), message);
    const BusMessage caused{1, 9, "room/ABC", "said", "t1-s1"};
    EXPECT_EQ(std::get<BusMessage>(*decode_envelope(encode(caused))), caused);
    const BusMessage too_much{1, 9, "room/ABC", "said", std::string(kMaxCause + 1, 'x')};
    EXPECT_EQ(std::get<BusMessage>(*decode_envelope(encode(too_much))).cause, "");
    const BusMessage empty{1, 1, "", ""};
    EXPECT_EQ(std::get<BusMessage>(*decode_envelope(encode(empty))), empty);
}

TEST(EnvelopeTest, ABeatComesBackAsItWas) {
    for (const bool loops : {false, true}) {
        for (const bool needs : {false, true}) {
            const BusBeat beat{3, 1ull << 40, 99, 120, 5, loops, needs};
            EXPECT_EQ(std::get<BusBeat>(*decode_envelope(encode(beat))), beat);
        }
    }
}

TEST(EnvelopeTest, WhatIsNotOfOursIsNothing) {
    const std::string message = encode(BusMessage{1, 2, "topic", ""});
    for (std::size_t size = 0; size < message.size(); ++size) {
        EXPECT_FALSE(decode_envelope(message.substr(0, size))) << size;
    }
    const std::string beat = encode(BusBeat{1, 2, 3, 4, 5, true, true});
    for (std::size_t size = 0; size < beat.size(); ++size) {
        EXPECT_FALSE(decode_envelope(beat.substr(0, size))) << size;
    }
    EXPECT_TRUE(decode_envelope(beat + "more")) << "a later version may say more";
    EXPECT_FALSE(decode_envelope("2" + beat.substr(1)));
    EXPECT_FALSE(decode_envelope("1x" + beat.substr(2)));
    EXPECT_FALSE(decode_envelope(encode(BusMessage{1, 0, "t", ""}))) << "numbers begin with 1";
    EXPECT_FALSE(decode_envelope("1m" + std::string(16, '\1') + "\xff\xff"));
}

}  // namespace
}  // namespace syncwatch
