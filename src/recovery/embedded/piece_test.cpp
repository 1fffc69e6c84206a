#include "recovery/embedded/piece.h"

#include <gtest/gtest.h>

#include "harness/must.h"
#include "recovery/embedded/manifest.h"

namespace syncwatch::recovery {
namespace {

StoredPiece piece() {
    StoredPiece out;
    out.generation = "0199";
    out.number = 7;
    out.previous = "ab";
    out.log.from = {0xfedc'ba98'7654'3210, 3, 0xffff'ffff'ffff'ffff};
    out.log.to = {0xfedc'ba98'7654'3210, 6, 17};
    out.log.page_bytes = 512;
    out.log.commits = {{1, 9, from_micros(1'790'000'000'000'001)},
                       {3, 10, from_micros(1'790'000'000'000'005)}};
    out.log.whole_until = from_micros(1'790'000'000'000'009);
    out.log.frames = std::string("any\nbytes\0at all", 16);
    return out;
}

TEST(PieceTest, APieceComesBackAsItWent) {
    StoredPiece in = piece();
    const StoredPiece out = must(decode_piece(encode_piece(in)));
    EXPECT_EQ(out.generation, in.generation);
    EXPECT_EQ(out.number, in.number);
    EXPECT_EQ(out.previous, in.previous);
    EXPECT_EQ(out.digest, in.digest);
    EXPECT_EQ(out.log.from, in.log.from);
    EXPECT_EQ(out.log.to, in.log.to);
    EXPECT_EQ(out.log.commits, in.log.commits);
    EXPECT_EQ(out.log.whole_until, in.log.whole_until);
    EXPECT_EQ(out.log.frames, in.log.frames);
    EXPECT_EQ(out.name().path(), "log/0000000/0000000007.1790000000000001.1790000000000009");
}

TEST(PieceTest, AFlippedBitOrACutAnywhereIsSeen) {
    StoredPiece in = piece();
    const std::string bytes = encode_piece(in);
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        std::string flipped = bytes;
        flipped[at] = static_cast<char>(flipped[at] ^ (1 << at % 8));
        const auto read = decode_piece(flipped);
        ASSERT_FALSE(read) << at;
        EXPECT_EQ(read.error().code, ErrorCode::Corrupt);
        ASSERT_FALSE(decode_piece(std::string_view(bytes).substr(0, at))) << at;
    }
}

TEST(PieceTest, APieceThatContradictsItselfIsRefusedThoughItsDigestIsRight) {
    const std::pair<const char*, void (*)(StoredPiece&)> wrong[] = {
        {"it ends before it begins", [](StoredPiece& p) { p.log.to.frames = 2; }},
        {"it spans epochs", [](StoredPiece& p) { p.log.to.epoch = 1; }},
        {"a commit ends behind it", [](StoredPiece& p) { p.log.commits[1].frames = 4; }},
        {"commits change places",
         [](StoredPiece& p) { std::swap(p.log.commits[0], p.log.commits[1]); }},
        {"a commit is later than the end", [](StoredPiece& p) { p.log.whole_until = {}; }},
    };
    for (const auto& [what, change] : wrong) {
        StoredPiece in = piece();
        change(in);
        EXPECT_FALSE(decode_piece(encode_piece(in))) << what;
    }
}

TEST(PieceTest, NamesAreReadOneWay) {
    for (const char* name : {"0000000001.0.5", "0000000012.3.5.u", "12345678901.3.5"}) {
        EXPECT_EQ(must(PieceName::parse(name)).text(), name);
    }
    for (const char* name :
         {"", "1.0.5", "0000000000.0.5", "0000000001.0", "0000000001.0.5.v", "0000000001.00.5",
          "0000000001.-1.5", "0000000001.0.5.u.u", "0000000001.0.99999999999999999999"}) {
        EXPECT_FALSE(PieceName::parse(name)) << name;
    }
}

TEST(ManifestTest, AManifestComesBackAndAFlippedBitIsSeen) {
    BaseManifest in;
    in.generation = "g";
    in.base = "b";
    in.whole_from = from_micros(17);
    in.from_piece = 3;
    in.bytes = 30;
    in.page_bytes = 512;
    in.schema_version = 40;
    in.parts = {{10, "aa"}, {20, "bb"}};
    in.sha256 = in.digest_of_parts();
    const std::string text = encode_manifest(in);
    const BaseManifest out = must(decode_manifest(text));
    EXPECT_EQ(encode_manifest(out), text);
    for (std::size_t at = 0; at < text.size(); ++at) {
        std::string flipped = text;
        flipped[at] = static_cast<char>(flipped[at] ^ (1 << at % 8));
        EXPECT_FALSE(decode_manifest(flipped)) << at;
    }
}

}  // namespace
}  // namespace syncwatch::recovery
