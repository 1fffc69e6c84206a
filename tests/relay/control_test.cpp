#include "relay/control.h"

#include <boost/asio/io_context.hpp>
#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

namespace syncwatch::relay {
namespace {

using namespace std::chrono_literals;

class ControlTest : public testing::Test {
protected:
    boost::json::object say(std::string_view line) {
        return boost::json::parse(obey(relay_, line)).as_object();
    }
    const Conditions& up() { return relay_.conditions(Direction::Up); }
    const Conditions& down() { return relay_.conditions(Direction::Down); }

    net::io_context context_;
    FaultRelay relay_{context_.get_executor(), {}};
};

TEST_F(ControlTest, SetsWhatIsNamedAndLeavesTheRest) {
    EXPECT_EQ(say(R"({"do":"set","delay_ms":50,"jitter_ms":12.5})").at("ok"), true);
    EXPECT_EQ(say(R"({"do":"set","direction":"down","loss":0.01,"pause_ms":300})").at("ok"), true);
    EXPECT_EQ(say(R"({"do":"set","direction":"up","bytes_per_second":125000})").at("ok"), true);
    EXPECT_EQ(up().delay, 50ms);
    EXPECT_EQ(up().jitter, 12'500us);
    EXPECT_EQ(up().loss, 0);
    EXPECT_EQ(up().bytes_per_second, 125'000u);
    EXPECT_EQ(down().delay, 50ms);
    EXPECT_DOUBLE_EQ(down().loss, 0.01);
    EXPECT_EQ(down().pause, 300ms);
    EXPECT_EQ(down().bytes_per_second, 0u);
}

TEST_F(ControlTest, AnswersWithTheIdOfTheLine) {
    EXPECT_EQ(say(R"({"id":7,"do":"heal"})"), (boost::json::object{{"id", 7}, {"ok", true}}));
}

TEST_F(ControlTest, RefusesWhatIsWrongAndChangesNothing) {
    struct Row {
        const char* line;
        const char* error;
    };
    for (const Row& row : {
             Row{"nonsense", "no JSON object"},
             Row{"[]", "no JSON object"},
             Row{"{}", "unknown: do \"\""},
             Row{R"({"do":"explode"})", "unknown: do \"explode\""},
             Row{R"({"do":"set","delay_ms":-1})", "delay_ms is out of range"},
             Row{R"({"do":"set","delay_ms":"5"})", "delay_ms is out of range"},
             Row{R"({"do":"set","loss":1.5})", "loss is out of range"},
             Row{R"({"do":"set","direction":"left","loss":1})", "direction is up, down or both"},
             Row{R"({"do":"cut","how":"gently"})", "how is reset or silent"},
             Row{R"({"do":"target"})", "port is missing"},
             Row{R"({"do":"target","port":70000})", "port is out of range"},
         }) {
        const auto answer = say(row.line);
        EXPECT_EQ(answer.at("ok"), false) << row.line;
        EXPECT_EQ(answer.at("error"), row.error) << row.line;
    }
    EXPECT_EQ(up(), Conditions());
    EXPECT_EQ(down(), Conditions());
}

TEST_F(ControlTest, TellsWhatWentThrough) {
    const auto answer = say(R"({"do":"stats"})");
    for (const char* name :
         {"connections", "open", "bytes_up", "bytes_down", "stalls", "dropped"}) {
        EXPECT_EQ(answer.at(name), 0) << name;
    }
}

}  // namespace
}  // namespace syncwatch::relay
