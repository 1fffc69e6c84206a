#include "protocol/room/decode.h"

#include <chrono>
#include <set>

#include <gtest/gtest.h>

#include "harness/golden_frames.h"

namespace syncwatch::room_protocol {
namespace {

using namespace std::chrono_literals;
using Kind = BadFrame::Kind;

template <class Frame>
Frame decoded(std::string_view text) {
    auto frame = decode_client_frame(text);
    EXPECT_TRUE(frame) << text << ": " << (frame ? "" : frame.error().why);
    return std::get<Frame>(frame.value());
}
BadFrame refused(std::string_view text) {
    auto frame = decode_client_frame(text);
    EXPECT_FALSE(frame) << text;
    return frame ? BadFrame() : frame.error();
}

TEST(DecodeTest, EveryGoldenMessageIsTakenOrRefusedAsItSays) {
    const auto all = goldens("client");
    ASSERT_GT(all.size(), 40u);
    std::set<std::size_t> kinds;
    for (const Golden& each : all) {
        const auto frame = decode_client_frame(boost::json::serialize(each.frame));
        EXPECT_EQ(frame.has_value(), each.valid) << each.name;
        if (frame) kinds.insert(frame->index());
    }
    EXPECT_EQ(kinds.size(), std::variant_size_v<ClientFrame>) << "a golden for every kind";
}

TEST(DecodeTest, EachFieldArrivesWhereItBelongs) {
    const auto hello = decoded<Hello>(
        R"({"type":"hello","protocol":1,"resume":{"member":"01939f2e-6f00-7000-8000-000000000002",)"
        R"("last_message":"01939f2e-8100-7abc-8def-0123456789ab"}})");
    EXPECT_EQ(hello.protocol, 1);
    EXPECT_EQ(hello.resume->member.text(), "01939f2e-6f00-7000-8000-000000000002");
    EXPECT_EQ(hello.resume->last_message->text(), "01939f2e-8100-7abc-8def-0123456789ab");

    // The welcome's `you.resume` alone, as it came.
    const auto back = decoded<Hello>(
        R"({"type":"hello","protocol":1,"resume":"01939f2e-6f00-7000-8000-000000000002"})");
    EXPECT_EQ(back.resume->member.text(), "01939f2e-6f00-7000-8000-000000000002");
    EXPECT_FALSE(back.resume->last_message);

    const auto control =
        decoded<ControlFrame>(R"({"type":"control","id":"c3","action":"seek","position":300.25})");
    EXPECT_EQ(control.id, "c3");
    EXPECT_EQ(control.action, ControlFrame::Action::Seek);
    EXPECT_EQ(control.position, 300.25);

    const auto report = decoded<ReportFrame>(
        R"({"type":"report","state":"buffering","position":12.5,"at_us":1763887330000000,)"
        R"("drift_ms":-3.1,"buffered_s":20,"rung":"720p","jump_ms":142.5})");
    EXPECT_EQ(report.report.state, MemberState::Buffering);
    EXPECT_EQ(report.report.position, 12.5);
    EXPECT_EQ(to_micros(report.report.at), 1763887330000000);
    EXPECT_EQ(report.report.drift_ms, -3.1);
    EXPECT_EQ(report.report.buffered, 20);
    EXPECT_EQ(report.report.jump, 142'500us);
    EXPECT_TRUE(report.knows_drift);

    const auto move = decoded<QueueFrame>(
        R"({"type":"queue","id":"q","op":"move","item":"01939f2e-7100-7abc-8def-0123456789ab",)"
        R"("before":null})");
    EXPECT_EQ(move.op, QueueFrame::Op::Move);
    EXPECT_EQ(move.item.text(), "01939f2e-7100-7abc-8def-0123456789ab");
    EXPECT_EQ(move.before, std::nullopt);

    const auto signal = decoded<SignalFrame>(
        R"({"type":"signal","to":"01939f2e-6f00-7000-8000-000000000001","data":{"a":["\u00e9",1]}})");
    EXPECT_EQ(signal.data, R"({"a":["é",1]})");

    const auto voice = decoded<VoiceFrame>(
        R"({"type":"voice","state":{"joined":true,"muted":false,"speaking":true}})");
    EXPECT_EQ(voice.state, (VoiceState{true, false, true}));
}

TEST(DecodeTest, AClockQuestionIsGivenBackAsItCame) {
    EXPECT_EQ(decoded<ClockQuestion>(R"({"type":"clock","t0":9007199254740991})").t0,
              "9007199254740991");
    EXPECT_EQ(decoded<ClockQuestion>(R"({"type":"clock","t0":-12})").t0, "-12");
}

TEST(DecodeTest, ATelemetryFrameMayLeaveOutWhatItDoesNotKnow) {
    const auto report = decoded<ReportFrame>(R"({"type":"report","state":"away"})").report;
    EXPECT_EQ(report.state, MemberState::Away);
    EXPECT_EQ(to_micros(report.at), 0);
    EXPECT_EQ(report.jump, std::nullopt);
    EXPECT_EQ(
        decoded<ReportFrame>(R"({"type":"report","state":"away","jump_ms":1e300})").report.jump,
        10s);
    EXPECT_FALSE(
        decoded<ReportFrame>(R"({"type":"report","state":"playing","drift_ms":null})").knows_drift);
}

TEST(DecodeTest, WhatIsNotOfTheProtocolIsMalformed) {
    for (const char* text : {"",
                             "{",
                             "null",
                             "[]",
                             "\"chat\"",
                             "7",
                             "{}",
                             R"({"type":7})",
                             R"({"type":"weather"})",
                             R"({"type":"chat","id":"m","text":7})",
                             R"({"type":"chat","id":7,"text":"x"})",
                             R"({"type":"chat","id":"","text":"x"})",
                             R"({"type":"control","id":"c"})",
                             R"({"type":"clock","t0":1e999})",
                             R"({"type":"clock","t0":null})",
                             R"({"type":"report","state":"playing","at_us":1.5})",
                             R"({"type":"hello","protocol":1,"resume":7})",
                             R"({"type":"hello"})",
                             R"({"type":"chat","id":"m","text":"\ud800"})",
                             R"({"type":"react"} )"
                             "x"}) {
        EXPECT_EQ(refused(text).kind, Kind::Malformed) << text;
    }
    std::string deep;
    for (int i = 0; i < 100; ++i) deep += "[";
    EXPECT_EQ(refused(R"({"type":"signal","to":"x","data":)" + deep).kind, Kind::Malformed);
}

TEST(DecodeTest, AValueThatCannotBeIsInvalidAndLifeGoesOn) {
    for (const char* text : {R"({"type":"chat","id":"m","text":""})",
                             R"({"type":"control","id":"m","action":"seek","position":-1})",
                             R"({"type":"control","id":"m","action":"rate","rate":0})",
                             R"({"type":"role","id":"m","member":"x","role":"owner"})"}) {
        const BadFrame bad = refused(text);
        EXPECT_EQ(bad.kind, Kind::Invalid) << text;
        EXPECT_EQ(bad.id, "m") << text;
    }
}

TEST(DecodeTest, ARefusedFrameIsAnsweredUnderItsId) {
    EXPECT_EQ(refused(R"({"type":"weather","id":"w1"})").id, "w1");
    EXPECT_EQ(refused(R"({"id":"w2"})").id, "w2");
    EXPECT_EQ(refused(R"({"type":"chat","id":"m7"})").id, "m7");
    EXPECT_EQ(refused(R"({"type":"chat","id":7,"text":"x"})").id, "");
    const std::string longest(64, 'x');
    EXPECT_EQ(decoded<KickFrame>(R"({"type":"kick","member":"x","id":")" + longest + R"("})").id,
              longest);
    EXPECT_EQ(refused(R"({"type":"kick","member":"x","id":")" + longest + R"(x"})").id, "");
}

TEST(DecodeTest, EveryKindOfFrameMayCarryAnId) {
    EXPECT_EQ(decoded<ReactFrame>(R"({"type":"react","emoji":"x","id":"r1"})").id, "r1");
    EXPECT_EQ(decoded<ReactFrame>(R"({"type":"react","emoji":"x","id":null})").id, "");
    EXPECT_EQ(decoded<ClockQuestion>(R"({"type":"clock","t0":1,"id":"t1"})").id, "t1");
    EXPECT_EQ(refused(R"({"type":"react","emoji":"x","id":7})").kind, Kind::Malformed);
}

TEST(DecodeTest, AnIdThatIsNoneNamesNothing) {
    const auto kick = decoded<KickFrame>(R"({"type":"kick","id":"k","member":"member-1"})");
    EXPECT_TRUE(kick.member.is_nil());
    const auto hello =
        decoded<Hello>(R"({"type":"hello","protocol":1,"resume":{"member":"member-1"}})");
    EXPECT_TRUE(hello.resume->member.is_nil());
}

TEST(DecodeTest, FieldsThatNobodyKnowsArePassedBy) {
    EXPECT_EQ(decoded<ChatFrame>(R"({"colour":"red","id":"m","type":"chat","text":"hi"})").text,
              "hi");
}

}  // namespace
}  // namespace syncwatch::room_protocol
