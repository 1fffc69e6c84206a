#include "domain/media/subtitles/subtitles.h"

#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

namespace syncwatch {
namespace {

/// The cues behind the header, or what is wrong.
std::string converted(std::string_view file) {
    const auto vtt = webvtt_from(file);
    if (!vtt)
        return "! " +
               (vtt.error().fields.empty() ? vtt.error().message : vtt.error().fields[0].message);
    EXPECT_TRUE(vtt->starts_with("WEBVTT\n\n"));
    return vtt->substr(8);
}

std::string cue(std::string_view text, std::string_view settings = "") {
    return "00:00:01.000 --> 00:00:02.500" + std::string(settings) + "\n" + std::string(text) +
           "\n";
}

std::string srt(std::string_view text) {
    return "1\n00:00:01,000 --> 00:00:02,500\n" + std::string(text) + "\n\n";
}

std::string vtt(std::string_view text) {
    return "WEBVTT\n\n00:01.000 --> 00:02.500\n" + std::string(text) + "\n";
}

std::string ass(std::string_view text) {
    return "[Script Info]\nTitle: x\n\n[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, "
           "MarginR, MarginV, Effect, Text\nDialogue: 0,0:00:01.00,0:00:02.50,Default,,0,0,0,," +
           std::string(text) + "\n";
}

std::string utf16(std::u16string_view text, bool little) {
    std::string out;
    for (const char16_t unit : text) {
        const char low = static_cast<char>(unit & 0xff);
        const char high = static_cast<char>(unit >> 8);
        out += little ? low : high;
        out += little ? high : low;
    }
    return out;
}

struct Case {
    const char* what;
    std::string file;
    std::string cues;
};

class SubtitlesTest : public testing::TestWithParam<Case> {};

TEST_P(SubtitlesTest, BecomeCleanWebVtt) {
    EXPECT_EQ(converted(GetParam().file), GetParam().cues) << GetParam().what;
}

INSTANTIATE_TEST_SUITE_P(
    Srt, SubtitlesTest,
    testing::Values(
        Case{"plain", srt("Hello"), cue("Hello")},
        Case{"two lines", srt("One\nTwo"), cue("One\nTwo")},
        Case{"CR LF", "1\r\n00:00:01,000 --> 00:00:02,500\r\nOne\r\nTwo\r\n\r\n", cue("One\nTwo")},
        Case{"CR alone", "1\r00:00:01,000 --> 00:00:02,500\rOne\r", cue("One")},
        Case{"a byte order mark", "\xef\xbb\xbf" + srt("ä"), cue("ä")},
        Case{"no number", "00:00:01,000 --> 00:00:02,500\nHello", cue("Hello")},
        Case{"points for commas, no hours, few digits", "1\n0:1.0 --> 00:02.5\nHello",
             cue("Hello")},
        Case{"coordinates behind the time",
             "1\n00:00:01,000 --> 00:00:02,500  X1:100 X2:200 Y1:1 Y2:2\nHello", cue("Hello")},
        Case{"styles", srt("<b>B</b> <I>i</I> <u>u</u>"), cue("<b>B</b> <i>i</i> <u>u</u>")},
        Case{"a colour", srt("<font color=\"#ff0000\">red</font>"), cue("red")},
        Case{"tags that cross", srt("<b>a<i>b</b>c</i>"), cue("<b>a<i>b</i></b><i>c</i>")},
        Case{"a tag left open", srt("<i>a"), cue("<i>a</i>")},
        Case{"a close without an open", srt("a</i>b"), cue("ab")},
        Case{"script", srt("<script>alert(1)</script>"), cue("alert(1)")},
        Case{"characters to escape", srt("1 < 2 & 3 > 2 -> x"),
             cue("1 &lt; 2 &amp; 3 &gt; 2 -&gt; x")},
        Case{"escaped already", srt("Tom &amp; J &lt;3"), cue("Tom &amp; J &lt;3")},
        Case{"a heart", srt("I <3 you"), cue("I &lt;3 you")},
        Case{"SubStation's marks", srt("{\\an8}Top{\\i1}"), cue("Top", " line:0")},
        Case{"an empty line inside", srt("One\n\nTwo"), cue("One\nTwo")},
        Case{"a number as text", srt("42") + "2\n00:00:03,000 --> 00:00:04,000\n7\n",
             cue("42") + "\n00:00:03.000 --> 00:00:04.000\n7\n"},
        Case{"out of order", "1\n00:00:05,000 --> 00:00:06,000\nB\n\n" + srt("A"),
             cue("A") + "\n00:00:05.000 --> 00:00:06.000\nB\n"},
        Case{"an end before its start", "1\n00:00:05,000 --> 00:00:04,000\nX\n\n" + srt("A"),
             cue("A")},
        Case{"long films", "1\n102:00:01,000 --> 102:00:02,000\nA\n",
             "102:00:01.000 --> 102:00:02.000\nA\n"},
        Case{"Windows-1252", srt("\x84Gr\xfc\xdf\x65\x93 \x80"), cue("„Grüße“ €")},
        Case{"UTF-16 with a mark",
             utf16(u"\ufeff1\n00:00:01,000 --> 00:00:02,500\nä\U0001f525\n", true), cue("ä🔥")},
        Case{"UTF-16, the great byte first",
             utf16(u"\ufeff1\n00:00:01,000 --> 00:00:02,500\nä\n", false), cue("ä")},
        Case{"UTF-16 without a mark", utf16(u"1\n00:00:01,000 --> 00:00:02,500\nHello\n", true),
             cue("Hello")},
        Case{"control characters", srt(std::string("a\0\x01\x7f\x62", 5)), cue("ab")},
        Case{"right to left", srt("‏שלום"), cue("‏שלום")}));

INSTANTIATE_TEST_SUITE_P(
    Vtt, SubtitlesTest,
    testing::Values(
        Case{"plain", vtt("Hello"), cue("Hello")},
        Case{"a header with text",
             "WEBVTT - made by hand\nKind: captions\n\n00:01.000 --> "
             "00:02.500\nHello\n",
             cue("Hello")},
        Case{"a named cue", "WEBVTT\n\nintro\n00:01.000 --> 00:02.500\nHello\n", cue("Hello")},
        Case{"notes, styles and regions",
             "WEBVTT\n\nSTYLE\n::cue { background: url(http://x) }\n\nNOTE\nnothing --> here\n\n"
             "REGION\nid:r\n\n00:01.000 --> 00:02.500\nHello\n",
             cue("Hello")},
        Case{"settings",
             "WEBVTT\n\n00:01.000 --> 00:02.500 line:0 position:10%,line-left region:r "
             "align:start x:y\nHello\n",
             cue("Hello", " line:0 position:10%,line-left align:start")},
        Case{"a speaker", vtt("<v Bo & Co>Hi</v> <c.red>red</c>"),
             cue("<v Bo &amp; Co>Hi</v> red")},
        Case{"ruby", vtt("<ruby>a<rt>b</rt></ruby>"), cue("<ruby>a<rt>b</rt></ruby>")},
        Case{"karaoke", vtt("a<00:01.500>b"), cue("ab")},
        Case{"references", vtt("a&nbsp;b&lrm;&unknown;"),
             cue("a\xc2\xa0"
                 "b\xe2\x80\x8e&amp;unknown;")}));

INSTANTIATE_TEST_SUITE_P(
    Ass, SubtitlesTest,
    testing::Values(
        Case{"plain", ass("Hello, you"), cue("Hello, you")},
        Case{"line ends", ass("One\\NTwo\\nThree\\hfour"),
             cue("One\nTwo\nThree\xc2\xa0"
                 "four")},
        Case{"styles", ass("{\\i1}i{\\i0} {\\b1}b{\\b0}{\\b700}B{\\r}n"),
             cue("<i>i</i> <b>b</b><b>B</b>n")},
        Case{"a place", ass("{\\an9\\fs20\\c&H0000FF&}Sign"),
             cue("Sign", " line:0 align:end position:90%")},
        Case{"a moving sign", ass("{\\pos(100,200)\\move(1,2,3,4)\\t(0,5,\\fs40)}Sign"),
             cue("Sign")},
        Case{"a comment in braces", ass("a{not shown}b"), cue("ab")},
        Case{"a drawing", ass("{\\p1}m 0 0 l 10 0{\\p0}Text"), cue("Text")},
        Case{"characters to escape", ass("a < b & c"), cue("a &lt; b &amp; c")},
        Case{"the same on two layers",
             ass("Glow") + "Dialogue: 1,0:00:01.00,0:00:02.50,Default,,0,0,0,,Glow\n", cue("Glow")},
        Case{"comments and other lines",
             ass("A") + "Comment: 0,0:00:03.00,0:00:04.00,Default,,0,0,0,,not shown\n\n[Fonts]\n"
                        "Dialogue: in a font\n",
             cue("A")},
        Case{"SSA, other columns",
             "[Script Info]\n[Events]\nFormat: Marked, Start, End, Text\n"
             "Dialogue: Marked=0,0:00:01.00,0:00:02.50,Hello, all\n",
             cue("Hello, all")}));

INSTANTIATE_TEST_SUITE_P(
    Broken, SubtitlesTest,
    testing::Values(
        Case{"nothing", "", "! this is no SRT, WebVTT or ASS file"},
        Case{"words", "Dear diary,\n", "! this is no SRT, WebVTT or ASS file"},
        Case{"bytes", std::string("\x00\xff\x89PNG\r\n", 8),
             "! this is no SRT, WebVTT or ASS file"},
        Case{"a time in letters", "1\n00:00:0x,000 --> 00:00:02,500\nA\n",
             "! line 2: this time cannot be read"},
        Case{"a time in letters, later", srt("A") + "2\n00:00:99,000 --> 00:01:00,000\nB\n",
             "! line 6: this time cannot be read"},
        Case{"VTT without cues", "WEBVTT\n\nNOTE x\n", "! there are no subtitles in it"},
        Case{"VTT with a wrong time", "WEBVTT\n\n1\nsoon --> later\nA\n",
             "! line 4: this time cannot be read"},
        Case{"an event cut off", "[Events]\nDialogue: 0,0:00:01.00\n",
             "! line 2: this event cannot be read"},
        Case{"a format without text", "[Events]\nFormat: Start, End\n",
             "! line 2: the format of the events cannot be read"},
        Case{"a number that is too long", "1\n00:00:01,000 --> 99999:00:02,500\nA\n",
             "! line 2: this time cannot be read"}));

TEST(SubtitlesLimitTest, WhatIsFarTooLargeIsNotRead) {
    EXPECT_EQ(webvtt_from(std::string(kMaxSubtitleBytes + 1, 'x')).error().code,
              ErrorCode::TooLarge);
    std::string many;
    for (int i = 0; i < 100'001; ++i) many += "0:01.0 --> 0:02.0\nx\n";
    EXPECT_EQ(webvtt_from(many).error().reason, "bad_subtitles");
}

TEST(SubtitlesLimitTest, WhatComesOutGoesInAgainUnchanged) {
    const auto once = webvtt_from(srt("{\\an8}<b>a<i>b</b>c</i> & <3\n\nx <v>y")).value();
    EXPECT_EQ(webvtt_from(once).value(), once);
}

}  // namespace
}  // namespace syncwatch
