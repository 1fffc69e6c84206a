#include "adapters/program/run.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <gtest/gtest.h>
#include <unistd.h>

#include "adapters/program/memory_file.h"
#include "adapters/program/surroundings.h"
#include "base/async/run_to_end.h"
#include "base/async/task_group.h"
#include "harness/cancel_after.h"
#include "harness/must.h"

namespace syncwatch::program {
namespace {

using namespace std::chrono_literals;

Spec script(std::string text) {
    Spec spec;
    spec.program = "bash";
    spec.args = {"-c", std::move(text)};
    spec.environment = bare_environment();
    return spec;
}

Result<Ran> ran(const std::string& text, Limits limits = {}, HearLine hear = {}) {
    return run_to_end(run(script(text), limits, std::move(hear)));
}

TEST(RunTest, WhatItSaysAndHowItEndsIsKnown) {
    std::vector<std::string> lines;
    const auto said = ran("echo out; echo one >&2; printf 'two\\nthree' >&2; exit 3", {},
                          [&](std::string_view line) { lines.emplace_back(line); });
    ASSERT_TRUE(said) << said.error().message;
    EXPECT_EQ(said->end.code, 3);
    EXPECT_EQ(said->out, "out\n");
    EXPECT_EQ(said->errors, "one\ntwo\nthree");
    EXPECT_EQ(lines, (std::vector<std::string>{"one", "two"}));
    EXPECT_EQ(ran("kill -9 $$").value().end.code, 137);
}

TEST(RunTest, FurtherPipesAreDescriptorsFromThreeOn) {
    Spec spec = script("echo a >&3; echo b >&4");
    spec.pipes = 2;
    const Ran said = must(run_to_end(run(std::move(spec), {})));
    EXPECT_EQ(said.pipes, (std::vector<std::string>{"a\n", "b\n"}));
}

TEST(RunTest, OneWithoutPipesIsWaitedFor) {
    const UniqueFd file = must(memory_file(""));
    Spec spec = script("exec 2>&-; sleep 0.3; echo done");
    spec.output = spec.errors = file.get();
    EXPECT_TRUE(must(run_to_end(run(std::move(spec), {}))).end.is_good());
    EXPECT_EQ(read_end(file.get(), 100), "done\n");
    EXPECT_EQ(ran("exec >&- 2>&-; sleep 0.1; exit 4").value().end.code, 4);
}

TEST(RunTest, ItIsEndedAtItsDeadlineWithAllThatItStarted) {
    Limits limits;
    limits.deadline = 300ms;
    limits.patience = 100ms;
    const auto late = ran("trap '' TERM; sleep 1000 & echo waits >&2; wait; wait", limits);
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, ErrorCode::Timeout);
    EXPECT_EQ(late.error().message, "bash: the program took too long: waits\n");
}

TEST(RunTest, ItMayPutThingsInOrderBeforeItEnds) {
    const UniqueFd file = must(memory_file(""));
    Spec spec = script("trap 'echo in order; exit' TERM; while :; do sleep 0.05; done");
    spec.output = file.get();
    Limits limits;
    limits.deadline = 300ms;
    EXPECT_EQ(run_to_end(run(std::move(spec), limits)).error().code, ErrorCode::Timeout);
    EXPECT_EQ(read_end(file.get(), 100), "in order\n");
}

TEST(RunTest, WhoSaysTooMuchIsStoppedAndOfErrorsTheEndIsKept) {
    Limits limits;
    limits.max_output = 1000;
    EXPECT_EQ(ran("yes", limits).error().code, ErrorCode::TooLarge);
    const Ran said = must(ran("yes | head -c 100000 >&2; echo end >&2", limits));
    EXPECT_LT(said.errors.size(), 40'000U);
    EXPECT_TRUE(said.errors.ends_with("end\n"));
}

net::awaitable<void> keep(Async<Ran> running, std::optional<ErrorCode>& code) {
    const auto output = co_await std::move(running);
    if (!output) code = output.error().code;
}

TEST(RunTest, ACancelledCallLeavesNothingRunning) {
    net::io_context context(1);
    TaskGroup group(context.get_executor(), [](const auto&, const auto&) { FAIL(); });
    std::optional<ErrorCode> code;
    group.spawn("program", keep(run(script("exec sleep 1000"), {}), code));
    net::co_spawn(context, cancel_after(100ms, group), net::detached);
    context.run_for(10s);
    EXPECT_TRUE(context.stopped());
    EXPECT_EQ(group.size(), 0U);
}

Async<> fail_soon() {
    net::steady_timer timer(co_await net::this_coro::executor, 100ms);
    co_await timer.async_wait(net::use_awaitable);
    co_return fail(ErrorCode::Corrupt, "what it needs is damaged");
}

TEST(RunTest, ItEndsWhenWhatIsDoneMeanwhileFails) {
    Child child = must(Child::start(script("exec sleep 1000")));
    std::optional<Async<>> meanwhile(fail_soon());
    const auto output = run_to_end(attend(std::move(child), {}, {}, std::move(meanwhile)));
    ASSERT_FALSE(output);
    EXPECT_EQ(output.error().code, ErrorCode::Corrupt);
}

}  // namespace
}  // namespace syncwatch::program
