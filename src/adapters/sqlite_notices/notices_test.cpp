#include <gtest/gtest.h>

#include "adapters/memory/memory_bus.h"
#include "adapters/sqlite_notices/notice_bus.h"
#include "adapters/sqlite_notices/notice_reader.h"
#include "base/async/run_to_end.h"
#include "harness/manual_clock.h"
#include "harness/temp_database.h"

namespace syncwatch::sqlite {
namespace {

TEST(NoticesTest, WhatAnotherProcessSaidIsToldOnceAndInOrder) {
    TempDatabase database;
    NoticeBus speaker(database.get());
    MemoryBus bus;
    ManualClock clock;
    NoticeReader reader(database.get(), bus, clock);
    net::io_context context(1);
    std::vector<std::string> heard;
    const auto hear = [&heard](const std::string& payload) { heard.push_back(payload); };
    const auto a = bus.subscribe("a", context.get_executor(), hear);
    const auto b = bus.subscribe("b", context.get_executor(), hear);

    speaker.publish("a", "1");
    speaker.publish("b", "2");
    EXPECT_TRUE(run_to_end(reader.look()));
    context.run();
    EXPECT_TRUE(heard.empty()) << "not before it is sent";
    EXPECT_TRUE(run_to_end(speaker.send()));
    speaker.publish("a", "3");
    EXPECT_TRUE(run_to_end(speaker.send()));
    EXPECT_TRUE(run_to_end(reader.look()));
    EXPECT_TRUE(run_to_end(reader.look()));
    context.restart();
    context.run();
    EXPECT_EQ(heard, (std::vector<std::string>{"1", "2", "3"}));
}

TEST(NoticesTest, ThereMayBeNobodyToHearWhatTheSpeakerSays) {
    TempDatabase database;
    NoticeBus speaker(database.get());
    net::io_context context(1);
    bool heard = false;
    const auto hear = [&heard](const std::string&) { heard = true; };
    const auto ticket = speaker.subscribe("a", context.get_executor(), hear);
    speaker.publish("a", "1");
    EXPECT_TRUE(run_to_end(speaker.send()));
    context.run();
    EXPECT_FALSE(heard);
}

}  // namespace
}  // namespace syncwatch::sqlite
