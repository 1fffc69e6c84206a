#include "adapters/ffmpeg/child_process.h"

#include <fstream>
#include <thread>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "adapters/ffmpeg/tool_run.h"
#include "base/async/run_to_end.h"
#include "base/async/task_group.h"
#include "harness/cancel_after.h"
#include "harness/temp_folder.h"

namespace syncwatch::ffmpeg {
namespace {

using namespace std::chrono_literals;

ChildProcess::Spec shell(std::string script) {
    ChildProcess::Spec spec;
    spec.program = "/usr/bin/bash";
    spec.args = {"-c", std::move(script)};
    return spec;
}

ToolOutput ran(ChildProcess::Spec spec) {
    auto output = run_to_end(run_tool(std::move(spec), ToolLimits()));
    EXPECT_TRUE(output) << output.error().message;
    return output.value_or(ToolOutput());
}

/// No such process, or only its remains.
bool is_gone(pid_t pid) {
    std::ifstream status("/proc/" + std::to_string(pid) + "/stat");
    std::string number;
    std::string name;
    std::string state;
    status >> number >> name >> state;
    return !status || state == "Z";
}

bool is_gone_soon(pid_t pid) {
    for (int i = 0; i < 500 && !is_gone(pid); ++i) std::this_thread::sleep_for(10ms);
    return is_gone(pid);
}

TEST(ChildProcessTest, WhatItSaysAndHowItEndsIsKnown) {
    const ToolOutput output = ran(shell("echo out; echo err >&2; exit 3"));
    EXPECT_EQ(output.out, "out\n");
    EXPECT_EQ(output.errors, "err\n");
    EXPECT_EQ(output.end.code, 3);
    EXPECT_EQ(output.end.signal, 0);
    EXPECT_GT(output.end.peak_memory, 0);
    EXPECT_EQ(ran(shell("kill -9 $$")).end.signal, SIGKILL);
}

TEST(ChildProcessTest, AProgramThatIsNotThereIsUnavailable) {
    ChildProcess::Spec spec;
    spec.program = "/usr/bin/no-such-program";
    const auto output = run_to_end(run_tool(std::move(spec), ToolLimits()));
    ASSERT_FALSE(output);
    EXPECT_EQ(output.error().code, ErrorCode::Unavailable);
    EXPECT_EQ(output.error().component, "transcoder");
}

TEST(ChildProcessTest, ExtraPipesAreDescriptorsFromThreeOn) {
    ChildProcess::Spec spec = shell("echo a >&3; echo b >&4");
    spec.pipes = 2;
    EXPECT_EQ(ran(std::move(spec)).pipes, (std::vector<std::string>{"a\n", "b\n"}));
}

TEST(ChildProcessTest, NothingIsInheritedNoDescriptorNoEnvironmentNoInput) {
    const int leak = ::dup(1);  // Not closed by exec.
    ::setenv("SECRET", "token", 1);
    const ToolOutput output = ran(shell(
        "for fd in {3..9}; do { : <&$fd; } 2>/dev/null && echo open $fd; done; env; cat; pwd"));
    ::close(leak);
    EXPECT_EQ(output.out.find("open"), std::string::npos) << output.out;
    EXPECT_EQ(output.out.find("SECRET"), std::string::npos) << output.out;
    EXPECT_NE(output.out.find("LC_ALL=C\n"), std::string::npos);
}

TEST(ChildProcessTest, ItWritesNoFile) {
    const TempFolder folder;
    ChildProcess::Spec spec = shell("echo x > file || exit 5; cat file");
    spec.folder = folder.path();
    const ToolOutput output = ran(std::move(spec));
    EXPECT_FALSE(output.end.is_good());
    EXPECT_EQ(output.out, "");
}

TEST(ChildProcessTest, ItReadsOnlyWhatItWasAllowedWhereTheKernelCanForbidIt) {
    const TempFolder folder;
    std::ofstream(folder.path() / "film") << "film";
    std::ofstream(folder.path() / "secret") << "secret";
    ChildProcess::Spec spec = shell("cat film; cat secret; ls / >/dev/null && echo listed");
    spec.folder = folder.path();
    spec.fences.readable = {folder.path() / "film"};
    const ToolOutput output = ran(std::move(spec));
    if (output.out.find("secret") != std::string::npos) GTEST_SKIP() << "no Landlock here";
    EXPECT_EQ(output.out, "film");
}

TEST(ChildProcessTest, ItOpensNoSocket) {
    const ToolOutput output = ran(shell("exec 3<>/dev/tcp/127.0.0.1/9 && echo connected"));
    EXPECT_EQ(output.out, "");
    EXPECT_NE(output.errors.find("Permission denied"), std::string::npos) << output.errors;
    // Nor by io_uring_setup, nor by the number that socket has for x32.
    const ToolOutput others =
        ran(shell("perl -e 'for (425, 0x40000000 + 41) { syscall($_, 2, 1, 0); print qq($!;) }'"));
    EXPECT_EQ(others.out, "Permission denied;Permission denied;") << others.errors;
}

TEST(ChildProcessTest, ItsProcessorTimeIsLimited) {
    ChildProcess::Spec spec = shell("while :; do :; done");
    spec.fences.max_cpu_time = 1s;
    const ToolOutput output = ran(std::move(spec));
    EXPECT_TRUE(output.end.signal == SIGXCPU || output.end.signal == SIGKILL);
}

TEST(ChildProcessTest, ItAndWhatItStartedDieWithItsOwner) {
    pid_t pid = -1;
    pid_t below = -1;
    {
        auto child = ChildProcess::start(shell("sleep 1000 & echo $!; wait"));
        ASSERT_TRUE(child);
        pid = child->pid();
        const UniqueFd out = child->take_stdout();
        pollfd ready{out.get(), POLLIN, 0};
        ASSERT_EQ(::poll(&ready, 1, 10'000), 1);
        char text[32] = {};
        ASSERT_GT(::read(out.get(), text, sizeof(text) - 1), 0);
        below = std::atoi(text);
        EXPECT_FALSE(is_gone(pid));
        EXPECT_FALSE(is_gone(below));
        EXPECT_GT(child->resident_memory(), 0);
    }
    EXPECT_TRUE(is_gone_soon(pid));
    EXPECT_TRUE(is_gone_soon(below));
}

TEST(ChildProcessTest, ItDiesWhenTheServerIsKilled) {
    int tell[2];
    ASSERT_EQ(::pipe(tell), 0);
    const pid_t server = ::fork();
    if (server == 0) {
        auto child = ChildProcess::start(shell("sleep 1000"));
        const pid_t pid = child ? child->pid() : -1;
        [[maybe_unused]] const auto written = ::write(tell[1], &pid, sizeof(pid));
        ::pause();
        ::_exit(0);
    }
    pid_t pid = -1;
    ASSERT_EQ(::read(tell[0], &pid, sizeof(pid)), static_cast<ssize_t>(sizeof(pid)));
    ASSERT_GT(pid, 0);
    EXPECT_FALSE(is_gone(pid));
    ::kill(server, SIGKILL);
    ::waitpid(server, nullptr, 0);
    EXPECT_TRUE(is_gone_soon(pid));
    ::close(tell[0]);
    ::close(tell[1]);
}

TEST(ToolRunTest, IsEndedAtItsDeadlineAndWhenItSaysTooMuch) {
    ToolLimits limits;
    limits.deadline = 200ms;
    const auto late = run_to_end(run_tool(shell("sleep 1000"), limits));
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, ErrorCode::Timeout);
    limits = {};
    limits.max_output = 1000;
    const auto loud = run_to_end(run_tool(shell("yes"), limits));
    ASSERT_FALSE(loud);
    EXPECT_EQ(loud.error().code, ErrorCode::TooLarge);
}

net::awaitable<void> keep(Async<ToolOutput> running, std::optional<ErrorCode>& code) {
    const auto output = co_await std::move(running);
    if (!output) code = output.error().code;
}

TEST(ToolRunTest, ACancelledCallLeavesNothingRunning) {
    net::io_context context(1);
    TaskGroup group(context.get_executor(), [](const auto&, const auto&) { FAIL(); });
    std::optional<ErrorCode> code;
    group.spawn("tool", keep(run_tool(shell("exec sleep 1000"), ToolLimits()), code));
    net::co_spawn(context, cancel_after(100ms, group), net::detached);
    context.run_for(10s);
    EXPECT_TRUE(context.stopped());
    EXPECT_EQ(group.size(), 0u);
}

}  // namespace
}  // namespace syncwatch::ffmpeg
