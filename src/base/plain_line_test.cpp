#include "base/plain_line.h"

#include <gtest/gtest.h>

namespace syncwatch {
namespace {

TEST(PlainLineTest, WhatAServerSaidSomewhereDoesNoHarm) {
    EXPECT_EQ(plain_line("it is late"), "it is late");
    EXPECT_EQ(plain_line(std::string("a\r\nb\x01\0", 6)), "a  b  ");
    EXPECT_EQ(plain_line("no \xff text"), "no ? text");
    EXPECT_EQ(plain_line(std::string(5000, 'x')).size(), 600U);
}

TEST(PlainLineTest, NoCharacterIsCut) {
    const std::string street = std::string("Stra\xc3\x9f") + "e";
    EXPECT_EQ(plain_line(street, 5), "Stra");
    EXPECT_EQ(plain_line(street, 6), "Stra\xc3\x9f");
    EXPECT_EQ(plain_line(street, 7), street);
}

}  // namespace
}  // namespace syncwatch
