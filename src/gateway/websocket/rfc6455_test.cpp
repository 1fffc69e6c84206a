// The cases of RFC 6455 that a browser never sends and a hostile client does: framing (5),
// fragmentation (5.4), control frames (5.5), closing (5.5.1, 7), UTF-8 (8.1).
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "gateway/websocket/decoder.h"
#include "harness/decoded.h"

namespace syncwatch::websocket {
namespace {

struct Wire {
    unsigned first = 0x81;
    std::string payload;
    bool masked = true;
    /// How the length is written: 0 as short as can be, else in so many bytes (1, 2 or 8).
    int length_bytes = 0;
};

std::string bytes_of(const Wire& frame) {
    const std::size_t size = frame.payload.size();
    const int natural = size < 126 ? 1 : size <= 0xffff ? 2 : 8;
    const int length_bytes = frame.length_bytes == 0 ? natural : frame.length_bytes;
    std::string out(1, static_cast<char>(frame.first));
    const unsigned flag = frame.masked ? 0x80 : 0;
    const std::size_t short_form = length_bytes == 1 ? size : length_bytes == 2 ? 126 : 127;
    out.push_back(static_cast<char>(flag | short_form));
    for (int i = length_bytes == 1 ? 0 : length_bytes; i > 0; --i) {
        out.push_back(static_cast<char>(size >> (8 * (i - 1)) & 0xff));
    }
    out += frame.masked ? std::string("\xa1\x00\xff\x37", 4) : "";
    for (std::size_t i = 0; i < size; ++i) {
        const char key = frame.masked ? std::string_view("\xa1\x00\xff\x37", 4)[i % 4] : '\0';
        out.push_back(static_cast<char>(frame.payload[i] ^ key));
    }
    return out;
}
std::string text(std::string payload) {
    return bytes_of({0x81, std::move(payload)});
}
std::string frame(unsigned first, std::string payload) {
    return bytes_of({first, std::move(payload)});
}
std::string close_frame(unsigned code, std::string reason = {}) {
    return frame(
        0x88, std::string{static_cast<char>(code >> 8), static_cast<char>(code & 0xff)} + reason);
}

std::optional<Violation> violation_of(const std::string& wire) {
    return decode(wire).violation;
}

TEST(Rfc6455Test, EveryLengthIsReadAtItsBorders) {
    for (const std::size_t size : {0u, 1u, 125u, 126u, 127u, 128u, 65535u, 65536u}) {
        const std::string payload(size, 'x');
        for (const std::size_t piece : {std::size_t{1}, std::size_t{1000}, SIZE_MAX}) {
            const Decoded got = decode(text(payload), piece);
            ASSERT_EQ(got.seen.size(), 1u) << size;
            EXPECT_EQ(got.seen[0].size(), size + 5) << size;
        }
    }
    EXPECT_EQ(violation_of(text(std::string(65537, 'x'))), Violation::TooLarge);
}

TEST(Rfc6455Test, ALengthIsWrittenAsShortAsCanBe) {
    EXPECT_EQ(violation_of(bytes_of({0x81, "short", true, 2})), Violation::Protocol);
    EXPECT_EQ(violation_of(bytes_of({0x81, "short", true, 8})), Violation::Protocol);
    EXPECT_EQ(violation_of(bytes_of({0x81, std::string(125, 'x'), true, 2})), Violation::Protocol);
    EXPECT_EQ(violation_of(bytes_of({0x81, std::string(65535, 'x'), true, 8})),
              Violation::Protocol);
}

TEST(Rfc6455Test, ALengthBeyondTheLimitIsRefusedBeforeItsPayloadComes) {
    EXPECT_EQ(violation_of(std::string("\x81\xff\x00\x00\x01\x00\x00\x00\x00\x00", 10)),
              Violation::TooLarge);
    EXPECT_EQ(violation_of(std::string("\x81\xff\x80\x00\x00\x00\x00\x00\x00\x00", 10)),
              Violation::Protocol)
        << "the highest bit is never set";
}

TEST(Rfc6455Test, EveryReservedBitIsRefusedOnEveryFrame) {
    for (const unsigned bit : {0x40u, 0x20u, 0x10u}) {
        for (const unsigned opcode : {0x81u, 0x01u, 0x89u, 0x8au, 0x88u}) {
            EXPECT_EQ(violation_of(frame(opcode | bit, "")), Violation::Protocol)
                << std::hex << (opcode | bit);
        }
    }
}

TEST(Rfc6455Test, EveryReservedOpcodeIsRefused) {
    for (const unsigned opcode : {3u, 4u, 5u, 6u, 7u, 11u, 12u, 13u, 14u, 15u}) {
        EXPECT_EQ(violation_of(frame(0x80 | opcode, "")), Violation::Protocol) << opcode;
        EXPECT_EQ(violation_of(frame(opcode, "")), Violation::Protocol) << opcode;
    }
}

TEST(Rfc6455Test, EveryFrameOfAClientIsMasked) {
    for (const unsigned first : {0x81u, 0x01u, 0x89u, 0x8au, 0x88u}) {
        EXPECT_EQ(violation_of(bytes_of({first, "x", false})), Violation::Protocol);
    }
    std::string unmasked_rest = bytes_of({0x01, "a"}) + bytes_of({0x80, "b", false});
    EXPECT_EQ(violation_of(unmasked_rest), Violation::Protocol);
}

TEST(Rfc6455Test, ControlFramesAreSmallWholeAndMayComeBetweenFragments) {
    EXPECT_EQ(decode(frame(0x89, std::string(125, 'p'))).seen.size(), 1u);
    EXPECT_EQ(decode(frame(0x89, "")).seen, std::vector<std::string>{"ping "});
    for (const unsigned opcode : {8u, 9u, 10u}) {
        EXPECT_EQ(violation_of(frame(0x80 | opcode, std::string(126, 'x'))), Violation::Protocol);
        EXPECT_EQ(violation_of(frame(opcode, "")), Violation::Protocol) << "in fragments";
        EXPECT_EQ(violation_of(bytes_of({0x80 | opcode, "x", true, 2})), Violation::Protocol);
    }
    const Decoded got = decode(frame(0x01, "a") + frame(0x89, "1") + frame(0x00, "b") +
                               frame(0x8a, "2") + frame(0x89, "3") + frame(0x80, "c"));
    EXPECT_EQ(got.seen, (std::vector<std::string>{"ping 1", "pong 2", "ping 3", "text abc"}));
}

TEST(Rfc6455Test, FragmentsMayBeManyAndEmpty) {
    std::string wire = frame(0x01, "");
    for (int i = 0; i < 300; ++i) wire += frame(0x00, i % 3 == 0 ? "" : "x");
    wire += frame(0x80, "");
    const Decoded got = decode(wire, 7);
    EXPECT_EQ(got.seen, std::vector<std::string>{"text " + std::string(200, 'x')});
    EXPECT_EQ(decode(frame(0x01, "") + frame(0x80, "")).seen, std::vector<std::string>{"text "});
}

TEST(Rfc6455Test, AMessageFollowsAMessageAndNothingElseContinuesIt) {
    EXPECT_EQ(violation_of(frame(0x00, "x")), Violation::Protocol);
    EXPECT_EQ(violation_of(text("a") + frame(0x80, "b")), Violation::Protocol);
    EXPECT_EQ(violation_of(frame(0x01, "a") + frame(0x80, "b") + frame(0x00, "c")),
              Violation::Protocol);
    EXPECT_EQ(violation_of(frame(0x01, "a") + frame(0x01, "b")), Violation::Protocol);
    EXPECT_EQ(violation_of(frame(0x01, "a") + frame(0x82, "b")), Violation::Protocol);
    EXPECT_EQ(violation_of(frame(0x02, "a")), Violation::Binary);
}

TEST(Rfc6455Test, ACloseFrameCarriesACodeThatMayBeSent) {
    for (const unsigned code : {1000u, 1001u, 1002u, 1003u, 1007u, 1008u, 1009u, 1010u, 1011u,
                                1012u, 1013u, 1014u, 3000u, 3999u, 4000u, 4999u}) {
        EXPECT_EQ(decode(close_frame(code)).seen,
                  std::vector<std::string>{"close " + std::to_string(code) + " "});
    }
    for (const unsigned code :
         {0u, 1u, 999u, 1004u, 1005u, 1006u, 1015u, 1016u, 1100u, 2000u, 2999u, 5000u, 65535u}) {
        EXPECT_EQ(violation_of(close_frame(code)), Violation::Protocol) << code;
    }
    EXPECT_EQ(violation_of(frame(0x88, "\x03")), Violation::Protocol);
    EXPECT_EQ(decode(close_frame(1000, std::string(123, 'r'))).seen.size(), 1u);
    EXPECT_EQ(violation_of(close_frame(1000, "\xff")), Violation::NotUtf8);
}

TEST(Rfc6455Test, ACloseMayComeInsideAMessageAndIsTheLastThingHeard) {
    const Decoded got =
        decode(frame(0x01, "half") + close_frame(1001, "bye") + frame(0x80, "rest") + text("x"));
    EXPECT_EQ(got.seen, std::vector<std::string>{"close 1001 bye"});
    EXPECT_EQ(got.violation, std::nullopt);
}

TEST(Rfc6455Test, TextIsUtf8AtItsBorders) {
    for (const char* good :
         {"\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
          "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"}) {
        EXPECT_EQ(violation_of(text(good)), std::nullopt);
    }
    for (const char* bad : {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80",
                            "\xed\xbf\xbf", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80",
                            "\xfe", "\xff", "\xe2\x82", "\xf0\x9f\x91"}) {
        EXPECT_EQ(violation_of(text(bad)), Violation::NotUtf8);
        EXPECT_EQ(violation_of(text(std::string("a") + bad + "b")), Violation::NotUtf8);
    }
    EXPECT_EQ(decode(text(std::string("a\0b", 3))).seen.size(), 1u) << "NUL is a character";
}

TEST(Rfc6455Test, ACharacterMayBeCutAnywhereBetweenFragments) {
    const std::string eyes = "\xf0\x9f\x91\x80";
    for (std::size_t cut = 1; cut < eyes.size(); ++cut) {
        EXPECT_EQ(decode(frame(0x01, eyes.substr(0, cut)) + frame(0x80, eyes.substr(cut))).seen,
                  std::vector<std::string>{"text " + eyes});
        EXPECT_EQ(violation_of(frame(0x01, eyes.substr(0, cut)) + frame(0x80, "x")),
                  Violation::NotUtf8);
    }
}

TEST(Rfc6455Test, AfterAViolationNothingIsDecoded) {
    Decoder decoder(64 * 1024);
    Recorder events;
    std::string bad = frame(0x83, "");
    EXPECT_TRUE(decoder.feed(bad, events));
    std::string good = text("x");
    EXPECT_FALSE(decoder.feed(good, events));
    EXPECT_TRUE(events.seen.empty());
}

}  // namespace
}  // namespace syncwatch::websocket
