#include "gateway/websocket/handshake.h"

#include <gtest/gtest.h>

namespace syncwatch::websocket {
namespace {

TEST(HandshakeTest, TheAcceptKeyIsTheRfcsExample) {
    EXPECT_EQ(accept_key("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

TEST(HandshakeTest, OnlyVersion13WithASixteenByteKeyIsProper) {
    EXPECT_TRUE(is_proper_handshake("dGhlIHNhbXBsZSBub25jZQ==", "13"));
    EXPECT_FALSE(is_proper_handshake("dGhlIHNhbXBsZSBub25jZQ==", "8"));
    EXPECT_FALSE(is_proper_handshake("c2hvcnQ=", "13"));
    EXPECT_FALSE(is_proper_handshake("", "13"));
}

TEST(HandshakeTest, ASubprotocolIsFoundInAList) {
    EXPECT_TRUE(offers_protocol("chat, syncwatch.v1", "syncwatch.v1"));
    EXPECT_FALSE(offers_protocol("syncwatch.v10", "syncwatch.v1"));
    EXPECT_FALSE(offers_protocol("", "syncwatch.v1"));
}

}  // namespace
}  // namespace syncwatch::websocket
