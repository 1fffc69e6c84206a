#include "gateway/websocket/decoder.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "harness/decoded.h"

namespace syncwatch::websocket {
namespace {

/// A client's frame: first byte as given, masked payload, minimal length.
std::string client_frame(unsigned first, std::string payload, bool masked = true) {
    std::string out(1, static_cast<char>(first));
    const char flag = masked ? static_cast<char>(0x80) : '\0';
    if (payload.size() < 126) {
        out.push_back(static_cast<char>(flag | static_cast<char>(payload.size())));
    } else if (payload.size() <= 0xffff) {
        out.push_back(static_cast<char>(flag | 126));
        out.push_back(static_cast<char>(payload.size() >> 8));
        out.push_back(static_cast<char>(payload.size()));
    } else {
        out.push_back(static_cast<char>(flag | 127));
        for (int shift = 56; shift >= 0; shift -= 8) {
            out.push_back(static_cast<char>(payload.size() >> shift));
        }
    }
    if (!masked) return out + payload;
    const std::string mask = "\x12\x34\x56\x78";
    for (std::size_t i = 0; i < payload.size(); ++i) {
        payload[i] = static_cast<char>(payload[i] ^ mask[i % 4]);
    }
    return out + mask + payload;
}

using Seen = std::vector<std::string>;

struct Case {
    const char* name;
    std::string wire;
    Seen seen;
    std::optional<Violation> violation;
};

const Case kCases[] = {
    {"AnEmptyText", client_frame(0x81, ""), {"text "}, {}},
    {"AText", client_frame(0x81, "Hello"), {"text Hello"}, {}},
    {"TwoTextsAtOnce", client_frame(0x81, "a") + client_frame(0x81, "b"), {"text a", "text b"}, {}},
    {"Fragments",
     client_frame(0x01, "Hel") + client_frame(0x00, "l") + client_frame(0x80, "o"),
     {"text Hello"},
     {}},
    {"APingBetweenFragments",
     client_frame(0x01, "Hel") + client_frame(0x89, "?") + client_frame(0x80, "lo"),
     {"ping ?", "text Hello"},
     {}},
    {"ACharacterSplitOverFragments",
     client_frame(0x01, "\xe2\x82") + client_frame(0x80, "\xac"),
     {"text \xe2\x82\xac"},
     {}},
    {"APongNobodyAskedFor", client_frame(0x8a, "x"), {"pong x"}, {}},
    {"ACloseWithoutACode", client_frame(0x88, ""), {"close 0 "}, {}},
    {"ACloseWithCodeAndReason",
     client_frame(0x88,
                  "\x03\xe8"
                  "bye"),
     {"close 1000 bye"},
     {}},
    {"NothingAfterAClose", client_frame(0x88, "") + client_frame(0x81, "x"), {"close 0 "}, {}},
    {"NoMask", client_frame(0x81, "x", false), {}, Violation::Protocol},
    {"AReservedBit", client_frame(0xc1, "x"), {}, Violation::Protocol},
    {"AReservedOpcode", client_frame(0x83, "x"), {}, Violation::Protocol},
    {"AReservedControlOpcode", client_frame(0x8b, "x"), {}, Violation::Protocol},
    {"AFragmentedPing", client_frame(0x09, "x"), {}, Violation::Protocol},
    {"APingOver125", client_frame(0x89, std::string(126, 'x')), {}, Violation::Protocol},
    {"AContinuationOfNothing", client_frame(0x80, "x"), {}, Violation::Protocol},
    {"ATextInsideAMessage",
     client_frame(0x01, "a") + client_frame(0x81, "b"),
     {},
     Violation::Protocol},
    {"ABinaryMessage", client_frame(0x82, "x"), {}, Violation::Binary},
    {"NotUtf8", client_frame(0x81, "\xff"), {}, Violation::NotUtf8},
    {"NotUtf8AcrossFragments",
     client_frame(0x01, "\xe2") + client_frame(0x80, "\x28\xa1"),
     {},
     Violation::NotUtf8},
    {"ACloseOfOneByte", client_frame(0x88, "\x03"), {}, Violation::Protocol},
    {"ACloseCodeThatMayNotBeSent", client_frame(0x88, "\x03\xed"), {}, Violation::Protocol},
    {"ACloseReasonThatIsNotUtf8", client_frame(0x88, "\x03\xe8\xff"), {}, Violation::NotUtf8},
    {"ALengthThatIsNotMinimal",
     std::string("\x81\xfe\x00\x05", 4) + "\0\0\0\0Hello",
     {},
     Violation::Protocol},
};

class DecoderCases : public testing::TestWithParam<Case> {};

TEST_P(DecoderCases, AreTheSameHoweverTheBytesArrive) {
    const Case& c = GetParam();
    for (const std::size_t piece : {std::size_t{1}, std::size_t{3}, std::size_t{1} << 20}) {
        const Decoded got = decode(c.wire, piece);
        EXPECT_EQ(got.seen, c.seen) << "in pieces of " << piece;
        EXPECT_EQ(got.violation, c.violation) << "in pieces of " << piece;
    }
}

INSTANTIATE_TEST_SUITE_P(Rfc6455, DecoderCases, testing::ValuesIn(kCases),
                         [](const auto& row) { return row.param.name; });

TEST(DecoderTest, AMessageUpToTheLimitPassesAndOneOverItDoesNot) {
    const std::string most(64 * 1024, 'x');
    EXPECT_EQ(decode(client_frame(0x81, most), 4096).seen.size(), 1u);
    EXPECT_EQ(decode(client_frame(0x81, most + "x"), 4096).violation, Violation::TooLarge);
}

TEST(DecoderTest, FragmentsTogetherMayNotPassTheLimit) {
    const std::string wire = client_frame(0x01, "12345678") + client_frame(0x80, "9");
    EXPECT_EQ(decode(wire, 100, 8).violation, Violation::TooLarge);
}

}  // namespace
}  // namespace syncwatch::websocket
