#include "adapters/notify/letter.h"

#include <regex>

#include <gtest/gtest.h>

#include "base/encoding.h"

namespace syncwatch::notify {
namespace {

Notice late(Notice::Turn turn) {
    Notice notice;
    notice.key = "backup.pg.overdue";
    notice.turn = turn;
    notice.severity = Severity::Warning;
    notice.installation = "one";
    notice.site = "node-1";
    notice.what = "it is late";
    notice.next = "Look.";
    notice.at = parse_rfc3339("2026-11-24T10:01:00Z").value();
    return notice;
}

std::string header(const std::string& letter, const std::string& name) {
    std::smatch found;
    const std::regex line("(^|\n)" + name + ": ([^\r]*(\r\n [^\r]*)*)");
    return std::regex_search(letter, found, line) ? found[2].str() : "";
}

std::string body(const std::string& letter) {
    std::string base64 = letter.substr(letter.find("\r\n\r\n") + 4);
    std::erase_if(base64, [](char c) { return c == '\r' || c == '\n'; });
    const auto bytes = decode_base64(base64).value();
    return {bytes.begin(), bytes.end()};
}

TEST(LetterTest, ItIsAMailAsProgramsReadThem) {
    const std::string text = letter(late(Notice::Turn::Begins), "watch@example.org",
                                    {"ada@example.org", "bo@example.org"});
    EXPECT_EQ(header(text, "From"), "SyncWatch <watch@example.org>");
    EXPECT_EQ(header(text, "To"), "ada@example.org,\r\n bo@example.org");
    EXPECT_EQ(header(text, "Subject"), "SyncWatch: warning: it is late");
    EXPECT_EQ(header(text, "Date"), "Tue, 24 Nov 2026 10:01:00 +0000");
    EXPECT_EQ(header(text, "Auto-Submitted"), "auto-generated");
    EXPECT_EQ(body(text), "warning: it is late\n\nAt       node-1\nTo do    Look.\n");
    for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 1)) {
        EXPECT_EQ(text[at - 1], '\r');
    }
}

TEST(LetterTest, WhatIsSaidOfOneThingIsOneThread) {
    const std::string begins = letter(late(Notice::Turn::Begins), "a@b.example", {"c@d"});
    const std::string ends = letter(late(Notice::Turn::Ends), "a@b.example", {"c@d"});
    EXPECT_EQ(header(begins, "References"), header(ends, "References"));
    EXPECT_NE(header(begins, "Message-ID"), header(ends, "Message-ID"));
    EXPECT_TRUE(header(begins, "Message-ID").ends_with("@b.example>"));
}

TEST(LetterTest, ASubjectThatIsLongOrForeignIsEncodedInPieces) {
    Notice notice = late(Notice::Turn::Begins);
    notice.what = "die Sicherung f\xc3\xbcr \xe2\x80\x9epg\xe2\x80\x9c fehlt:";
    for (int i = 0; i < 10; ++i) notice.what += " \xc3\xa4\xc3\xb6\xc3\xbc";
    notice.what += "\r\nBcc: eve@example.org";
    const std::string text = letter(notice, "a@b.example", {"c@d"});
    EXPECT_EQ(header(text, "Bcc"), "");
    std::string subject = header(text, "Subject");
    std::string decoded;
    for (std::smatch found;
         std::regex_search(subject, found, std::regex("=\\?UTF-8\\?B\\?([^?]*)\\?="));
         subject = found.suffix()) {
        EXPECT_LE(found.length(), 75);
        const auto bytes = decode_base64(found[1].str()).value();
        const std::string part(bytes.begin(), bytes.end());
        EXPECT_TRUE(is_utf8(part)) << "a character was cut";
        decoded += part;
    }
    EXPECT_TRUE(decoded.starts_with("SyncWatch: warning: die Sicherung f\xc3\xbcr")) << decoded;
    EXPECT_TRUE(decoded.ends_with("Bcc: eve@example.org")) << decoded;
}

}  // namespace
}  // namespace syncwatch::notify
