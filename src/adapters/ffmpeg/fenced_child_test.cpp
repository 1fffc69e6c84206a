#include "adapters/ffmpeg/fenced_child.h"

#include <fstream>

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include "adapters/ffmpeg/tool_run.h"
#include "base/async/run_to_end.h"
#include "harness/temp_folder.h"

namespace syncwatch::ffmpeg {
namespace {

using namespace std::chrono_literals;

FencedSpec shell(std::string script) {
    FencedSpec spec;
    spec.program = "/usr/bin/bash";
    spec.args = {"-c", std::move(script)};
    return spec;
}

program::Ran ran(FencedSpec spec) {
    auto output = run_to_end(run_tool(std::move(spec), ToolLimits()));
    EXPECT_TRUE(output) << output.error().message;
    return output.value_or(program::Ran());
}

TEST(FencedChildTest, AProgramThatIsNotThereIsUnavailable) {
    FencedSpec spec;
    spec.program = "/usr/bin/no-such-program";
    const auto output = run_to_end(run_tool(std::move(spec), ToolLimits()));
    ASSERT_FALSE(output);
    EXPECT_EQ(output.error().code, ErrorCode::Unavailable);
    EXPECT_EQ(output.error().component, "transcoder");
}

TEST(FencedChildTest, ExtraPipesAreDescriptorsFromThreeOn) {
    FencedSpec spec = shell("echo a >&3; echo b >&4");
    spec.pipes = 2;
    EXPECT_EQ(ran(std::move(spec)).pipes, (std::vector<std::string>{"a\n", "b\n"}));
}

TEST(FencedChildTest, NothingIsInherited) {
    const int leak = ::dup(1);  // Not closed by exec.
    ::setenv("SECRET", "token", 1);
    const program::Ran output = ran(shell(
        "for fd in {3..9}; do { : <&$fd; } 2>/dev/null && echo open $fd; done; env; cat; pwd"));
    ::close(leak);
    EXPECT_EQ(output.out.find("open"), std::string::npos) << output.out;
    EXPECT_EQ(output.out.find("SECRET"), std::string::npos) << output.out;
    EXPECT_NE(output.out.find("LC_ALL=C\n"), std::string::npos);
}

TEST(FencedChildTest, ItWritesNoFile) {
    const TempFolder folder;
    FencedSpec spec = shell("echo x > file || exit 5; cat file");
    spec.folder = folder.path();
    const program::Ran output = ran(std::move(spec));
    EXPECT_FALSE(output.end.is_good());
    EXPECT_EQ(output.out, "");
}

TEST(FencedChildTest, ItReadsOnlyWhatItWasAllowedWhereTheKernelCanForbidIt) {
    const TempFolder folder;
    std::ofstream(folder.path() / "film") << "film";
    std::ofstream(folder.path() / "secret") << "secret";
    FencedSpec spec = shell("cat film; cat secret; ls / >/dev/null && echo listed");
    spec.folder = folder.path();
    spec.fences.readable = {folder.path() / "film"};
    const program::Ran output = ran(std::move(spec));
    if (output.out.find("secret") != std::string::npos) GTEST_SKIP() << "no Landlock here";
    EXPECT_EQ(output.out, "film");
}

TEST(FencedChildTest, ItOpensNoSocket) {
    const program::Ran output = ran(shell("exec 3<>/dev/tcp/127.0.0.1/9 && echo connected"));
    EXPECT_EQ(output.out, "");
    EXPECT_NE(output.errors.find("Permission denied"), std::string::npos) << output.errors;
    // Nor by io_uring_setup, nor by the number that socket has for x32.
    const program::Ran others =
        ran(shell("perl -e 'for (425, 0x40000000 + 41) { syscall($_, 2, 1, 0); print qq($!;) }'"));
    EXPECT_EQ(others.out, "Permission denied;Permission denied;") << others.errors;
}

TEST(FencedChildTest, ItsProcessorTimeIsLimited) {
    FencedSpec spec = shell("while :; do :; done");
    spec.fences.max_cpu_time = 1s;
    const program::Ran output = ran(std::move(spec));
    EXPECT_TRUE(output.end.signal == SIGXCPU || output.end.signal == SIGKILL);
}

}  // namespace
}  // namespace syncwatch::ffmpeg
