#include "apps/logging/format.h"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

namespace syncwatch::apps {
namespace {

const WallTime kTime = parse_rfc3339("2026-11-24T15:05:23.904Z").value();

std::string human(std::initializer_list<log::Field> fields, std::string_view request = {}) {
    log::Line line;
    line.event = "room.joined";
    line.request = request;
    line.fields = std::span(fields.begin(), fields.size());
    return format_human(kTime, line, false);
}

TEST(LogFormatTest, PeopleReadTimeLevelEventAndFields) {
    EXPECT_EQ(human({{"room", "7K3F9-QZ0XM"}, {"members", 3}}, "r1"),
              "2026-11-24 15:05:23.904 INFO  room.joined room=7K3F9-QZ0XM members=3 request=r1");
}

TEST(LogFormatTest, AFieldNeverBreaksItsLine) {
    EXPECT_EQ(human({{"name", "a b"}, {"empty", ""}, {"evil", "x\n2026 INFO forged=1"}}),
              "2026-11-24 15:05:23.904 INFO  room.joined name=\"a b\" empty=\"\" "
              "evil=\"x\\n2026 INFO forged=1\"");
    EXPECT_EQ(human({{"bell", "\x1b[2J"}}).find('\x1b'), std::string::npos);
}

TEST(LogFormatTest, ProgramsReadOneJsonObjectALine) {
    const log::Field fields[] = {{"na\"me", "a\nb"}, {"bytes", "\xff\xfe"}};
    log::Line line;
    line.level = log::Level::Warning;
    line.event = "upload.failed";
    line.request = "t1-s1";
    line.fields = fields;
    const auto text = format_json(kTime, line, "node-a");
    EXPECT_EQ(text.find('\n'), std::string::npos);
    const auto object = boost::json::parse(text).as_object();
    EXPECT_EQ(object.at("time"), "2026-11-24T15:05:23.904Z");
    EXPECT_EQ(object.at("level"), "warning");
    EXPECT_EQ(object.at("event"), "upload.failed");
    EXPECT_EQ(object.at("node"), "node-a");
    EXPECT_EQ(object.at("trace_id"), "t1");
    EXPECT_EQ(object.at("request"), "t1-s1");
    EXPECT_EQ(object.at("na\"me"), "a\nb");
    EXPECT_EQ(object.at("bytes"), "??");
}

}  // namespace
}  // namespace syncwatch::apps
