#include "adapters/age/program_run.h"

#include <cstdlib>
#include <fstream>

#include <gtest/gtest.h>
#include <unistd.h>

#include "harness/eventually.h"
#include "harness/must.h"
#include "harness/temp_folder.h"

namespace syncwatch::age {
namespace {

using namespace std::chrono_literals;

struct Ran {
    ProgramEnd end;
    std::string out;
};

Result<Ran> run_shell(const std::string& script, std::string_view input = "",
                      std::chrono::milliseconds deadline = 30s) {
    SW_TRY(const UniqueFd in, memory_file(input));
    SW_TRY(const UniqueFd out, memory_file(""));
    ProgramRun run;
    run.command = {"sh", "-c", script};
    run.input = in.get();
    run.output = out.get();
    run.most_output = 1 << 20;
    run.deadline = deadline;
    Ran ran;
    SW_TRY(ran.end, run_program(run));
    SW_TRY(ran.out, read_whole(out.get(), 1 << 20));
    return ran;
}

TEST(ProgramRunTest, ReadsWhatItIsGivenAndWritesWhatIsTaken) {
    const auto ran = run_shell("tr a-z A-Z; echo so >&2; exit 3", "hello");
    ASSERT_TRUE(ran) << ran.error().message;
    EXPECT_EQ(ran->out, "HELLO");
    EXPECT_EQ(ran->end.errors, "so\n");
    EXPECT_EQ(ran->end.code, 3);
}

TEST(ProgramRunTest, HasThreeVariablesAndNoOtherFiles) {
    ::setenv("SYNCWATCH_DATABASE_PASSWORD", "hunter2", 1);
    const auto ran = run_shell("env; ls /proc/self/fd");
    ::unsetenv("SYNCWATCH_DATABASE_PASSWORD");
    ASSERT_TRUE(ran) << ran.error().message;
    EXPECT_EQ(ran->out.find("hunter2"), std::string::npos) << ran->out;
    // 3 tells that it lives, 4 is the folder that ls reads.
    EXPECT_NE(ran->out.find("\n0\n1\n2\n3\n4\n"), std::string::npos) << ran->out;
    EXPECT_EQ(ran->out.find("\n5\n"), std::string::npos) << ran->out;
}

TEST(ProgramRunTest, AtTheDeadlineAllOfItIsKilled) {
    const auto begun = std::chrono::steady_clock::now();
    TempFolder folder;
    const std::string note = (folder.path() / "pid").string();
    const auto ran = run_shell("sleep 600 & echo $! > " + note + "; wait", "", 1s);
    ASSERT_FALSE(ran);
    EXPECT_EQ(ran.error().code, ErrorCode::Timeout);
    EXPECT_LT(std::chrono::steady_clock::now() - begun, 30s);
    std::ifstream in(note);
    pid_t child = 0;
    ASSERT_TRUE(in >> child);
    // Dead, or dead and not yet reaped by whoever adopted it.
    const auto gone = [child] {
        std::ifstream stat("/proc/" + std::to_string(child) + "/stat");
        std::string number;
        std::string name;
        std::string state;
        return !(stat >> number >> name >> state) || state == "Z";
    };
    EXPECT_TRUE(harness::eventually(gone));
}

TEST(ProgramRunTest, OneThatIsKilledOrMissingIsSaid) {
    const auto killed = run_shell("kill -9 $$");
    ASSERT_FALSE(killed);
    EXPECT_EQ(killed.error().code, ErrorCode::Unavailable);
    ProgramRun run;
    run.command = {"syncwatch-no-such-program"};
    const UniqueFd nothing = must(memory_file(""));
    run.input = run.output = nothing.get();
    const auto missing = run_program(run);
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, ErrorCode::NotFound);
}

TEST(ProgramRunTest, WhoWritesTooMuchIsStopped) {
    const auto ran = run_shell("head -c 3000000 /dev/zero");
    EXPECT_TRUE(!ran || ran->end.code != 0);
    EXPECT_EQ(must(read_whole(must(memory_file("12345")).get(), 5)), "12345");
    const auto more = read_whole(must(memory_file("123456")).get(), 5);
    ASSERT_FALSE(more);
    EXPECT_EQ(more.error().code, ErrorCode::TooLarge);
}

}  // namespace
}  // namespace syncwatch::age
