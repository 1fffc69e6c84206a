#include "adapters/program/child.h"

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <optional>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "adapters/program/memory_file.h"
#include "adapters/program/surroundings.h"
#include "harness/eventually.h"
#include "harness/must.h"
#include "harness/temp_folder.h"

namespace syncwatch::program {
namespace {

namespace fs = std::filesystem;

Spec shell(std::string script) {
    Spec spec;
    spec.program = "bash";
    spec.args = {"-c", std::move(script)};
    spec.environment = bare_environment();
    return spec;
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
    return harness::eventually([pid] { return is_gone(pid); });
}

End wait_for(Child& child) {
    std::optional<End> end;
    const auto has_ended = [&] {
        if (!end) end = child.try_reap();
        return end.has_value();
    };
    EXPECT_TRUE(harness::eventually(has_ended));
    return end.value_or(End());
}

/// What a script says whose both streams are one file in memory.
std::string said_by(Spec spec) {
    const UniqueFd file = must(memory_file(""));
    spec.output = spec.errors = file.get();
    Child child = must(Child::start(spec));
    EXPECT_EQ(wait_for(child).code, 0);
    return read_end(file.get(), 1 << 16);
}

TEST(ChildTest, HowItEndsAndWhatItTookIsKnown) {
    Child child = must(Child::start(shell("exit 3")));
    const End end = wait_for(child);
    EXPECT_EQ(end.code, 3);
    EXPECT_EQ(end.signal, 0);
    EXPECT_FALSE(end.is_good());
    EXPECT_GT(end.peak_memory, 0);
    Child killed = must(Child::start(shell("kill -9 $$")));
    const End by_signal = wait_for(killed);
    EXPECT_EQ(by_signal.signal, SIGKILL);
    EXPECT_EQ(by_signal.code, 128 + SIGKILL);
}

TEST(ChildTest, AProgramThatIsNotThereIsSaidToBeMissing) {
    Spec spec = shell("");
    spec.program = "no-such-program";
    const auto missing = Child::start(spec);
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, ErrorCode::Unavailable);
    EXPECT_EQ(missing.error().component, "backup");
    EXPECT_EQ(missing.error().reason, "not_installed");
    spec = shell("");
    spec.folder = "/no/such/folder";
    const auto nowhere = Child::start(spec);
    ASSERT_FALSE(nowhere);
    EXPECT_EQ(nowhere.error().reason, "");
}

TEST(ChildTest, NothingIsInheritedNoDescriptorNoVariableNoInput) {
    const int leak = ::dup(1);  // Not closed by exec.
    ::setenv("SYNCWATCH_DATABASE_PASSWORD", "hunter2", 1);
    const std::string said = said_by(shell(
        "for fd in {3..9}; do { : <&$fd; } 2>/dev/null && echo open $fd; done; env; cat; pwd"));
    ::unsetenv("SYNCWATCH_DATABASE_PASSWORD");
    ::close(leak);
    EXPECT_EQ(said.find("open"), std::string::npos) << said;
    EXPECT_EQ(said.find("hunter2"), std::string::npos) << said;
    EXPECT_NE(said.find("LC_ALL=C\n"), std::string::npos) << said;
    EXPECT_TRUE(said.ends_with("\n/\n")) << said;
}

TEST(ChildTest, ItReadsWhatItIsGivenFromWhereThatStands) {
    const UniqueFd input = must(memory_file("skipped, read"));
    ASSERT_EQ(::lseek(input.get(), 9, SEEK_SET), 9);
    Spec spec = shell("tr a-z A-Z; echo so >&2");
    spec.input = input.get();
    EXPECT_EQ(said_by(std::move(spec)), "READso\n");
}

TEST(ChildTest, ItHasNoTerminalNoCoreAndNoNewPrivileges) {
    const std::string said = said_by(
        shell("ulimit -Hc; grep NoNewPrivs: /proc/self/status; [ $(ps -o sid= $$) = $$ ] && "
              "echo own session"));
    EXPECT_EQ(said, "0\nNoNewPrivs:\t1\nown session\n");
}

TEST(ChildTest, WhatItWritesBeyondItsLimitFails) {
    const TempFolder folder;
    Spec spec = shell("head -c 5000 /dev/zero > file; echo $?; stat -c %s file");
    spec.folder = folder.path();
    spec.max_file_bytes = 4096;
    const std::string said = said_by(std::move(spec));
    EXPECT_TRUE(said.ends_with("\n1\n4096\n")) << said;
}

TEST(ChildTest, ALastStepSeesWhatWasKeptAndTheProgramDoesNot) {
    const UniqueFd kept = must(memory_file(""));
    Spec spec = shell("for fd in {3..9}; do { : <&$fd; } 2>/dev/null && echo open $fd; done; true");
    spec.kept = {kept.get()};
    spec.last_step = [](const int* at) { return ::write(at[0], "x", 1) == 1; };
    EXPECT_EQ(said_by(spec), "");
    EXPECT_EQ(must(read_whole(kept.get(), 10)), "x");
    spec.last_step = [](const int*) {
        errno = EPERM;
        return false;
    };
    EXPECT_EQ(Child::start(spec).error().message, "run bash: Operation not permitted");
}

TEST(ChildTest, AsNobodyItReadsNothingOfRoots) {
    if (!nobody()) GTEST_SKIP() << "this is not root";
    const TempFolder folder;
    std::ofstream(folder.path() / "secret") << "secret";
    fs::permissions(folder.path() / "secret", fs::perms::owner_read);
    Spec spec = shell("id -un; cat " + (folder.path() / "secret").string() + " || true");
    spec.run_as = nobody();
    const std::string said = said_by(std::move(spec));
    EXPECT_TRUE(said.starts_with("nobody\n")) << said;
    EXPECT_NE(said.find("denied"), std::string::npos) << said;
}

TEST(ChildTest, ItAndWhatItStartedDieWithItsOwner) {
    pid_t pid = -1;
    pid_t below = -1;
    {
        Child child = must(Child::start(shell("sleep 1000 & echo $!; wait")));
        pid = child.pid();
        const UniqueFd out = child.take_stdout();
        pollfd ready{out.get(), POLLIN, 0};
        ASSERT_EQ(::poll(&ready, 1, 10'000), 1);
        char text[32] = {};
        ASSERT_GT(::read(out.get(), text, sizeof(text) - 1), 0);
        below = std::atoi(text);
        EXPECT_FALSE(is_gone(pid));
        EXPECT_FALSE(is_gone(below));
        EXPECT_GT(child.resident_memory(), 0);
    }
    EXPECT_TRUE(is_gone_soon(pid));
    EXPECT_TRUE(is_gone_soon(below));
}

TEST(ChildTest, WhatItLeftBehindDiesWithIt) {
    const TempFolder folder;
    Spec spec = shell("sleep 1000 >/dev/null 2>&1 & echo $! > pid");
    spec.folder = folder.path();
    Child child = must(Child::start(spec));
    EXPECT_EQ(wait_for(child).code, 0);
    std::ifstream in(folder.path() / "pid");
    pid_t below = 0;
    ASSERT_TRUE(in >> below);
    EXPECT_TRUE(is_gone_soon(below));
}

TEST(ChildTest, ItDiesWhenTheServerIsKilled) {
    int tell[2];
    ASSERT_EQ(::pipe(tell), 0);
    const pid_t server = ::fork();
    if (server == 0) {
        auto child = Child::start(shell("sleep 1000"));
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

TEST(FindProgramTest, APathIsTakenAsItIsAndANameIsLookedFor) {
    EXPECT_EQ(find_program("/bin/sh"), fs::path("/bin/sh"));
    ASSERT_TRUE(find_program("sh"));
    EXPECT_TRUE(find_program("sh")->is_absolute());
    EXPECT_FALSE(find_program("/etc/passwd"));
    EXPECT_FALSE(find_program("no-such-program"));
}

}  // namespace
}  // namespace syncwatch::program
