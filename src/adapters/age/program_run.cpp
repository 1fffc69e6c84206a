#include "adapters/age/program_run.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <optional>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace syncwatch::age {
namespace {

using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

constexpr std::uint64_t kMostErrors = 16 << 10;
/// Standard input, output, errors, and the line that tells that it lives.
constexpr int kInherited = 4;

tl::unexpected<Error> no_resources(std::string_view doing) {
    return fail_unavailable("backup", fmt::format("{}: {}", doing, std::strerror(errno)), 5s);
}

struct Ends {
    UniqueFd read;
    UniqueFd write;
};

Result<Ends> make_ends() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return no_resources("make a pipe");
    return Ends{UniqueFd(ends[0]), UniqueFd(ends[1])};
}

/// What the child needs between fork and exec, all of it made before.
struct Start {
    char* const* arguments;
    char* const* environment;
    std::array<int, kInherited> inherited;
    int failure;  ///< Where errno of what went wrong is written.
    rlim_t most_output;
    pid_t parent;
};

[[noreturn]] void give_up(int failure) {
    const int why = errno;
    [[maybe_unused]] const auto written = ::write(failure, &why, sizeof(why));
    ::_exit(127);
}

/// In the child: only what is safe there (signal-safety(7)).
[[noreturn]] void become(const Start& start) {
    sigset_t none;
    ::sigemptyset(&none);
    (void)::sigprocmask(SIG_SETMASK, &none, nullptr);
    for (const int each : {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGCHLD})
        (void)::signal(each, SIG_DFL);
    // Without a terminal it can ask nobody for a passphrase, and wait for an answer.
    (void)::setsid();
    if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || ::getppid() != start.parent) ::_exit(127);
    std::array<int, kInherited> aside{};
    for (std::size_t i = 0; i < aside.size(); ++i) {
        aside[i] = ::fcntl(start.inherited[i], F_DUPFD, kInherited + 1);
        if (aside[i] < 0) give_up(start.failure);
    }
    const int failure_aside = ::fcntl(start.failure, F_DUPFD, kInherited + 1);
    if (failure_aside < 0) give_up(start.failure);
    for (std::size_t i = 0; i < aside.size(); ++i) {
        if (::dup2(aside[i], static_cast<int>(i)) < 0) give_up(failure_aside);
    }
    if (::dup2(failure_aside, kInherited) < 0) give_up(failure_aside);
    (void)::fcntl(kInherited, F_SETFD, FD_CLOEXEC);
    (void)::close_range(kInherited + 1, ~0U, 0);
    const rlimit none_left{0, 0};
    const rlimit output{start.most_output, start.most_output};
    // What is secret goes into no core.
    if (::setrlimit(RLIMIT_CORE, &none_left) != 0 || ::setrlimit(RLIMIT_FSIZE, &output) != 0) {
        give_up(kInherited);
    }
    ::execvpe(start.arguments[0], start.arguments, start.environment);
    give_up(kInherited);
}

std::vector<char*> argument_pointers(std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    for (std::string& each : texts) pointers.push_back(each.data());
    pointers.push_back(nullptr);
    return pointers;
}

/// Its status once it has ended; nullopt: the deadline came first.
std::optional<int> wait_for_end(pid_t pid, int alive, SteadyClock::time_point deadline) {
    bool told = false;
    for (;;) {
        int status = 0;
        const pid_t got = ::waitpid(pid, &status, WNOHANG);
        if (got == pid) return status;
        if (got < 0 && errno != EINTR) return std::nullopt;
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(deadline - SteadyClock::now());
        if (left <= 0ms) return std::nullopt;
        // The line falls when it ends, unless it left somebody behind; its status comes a moment
        // later.
        pollfd line{alive, POLLIN, 0};
        const auto pause = std::min(left, told ? 2ms : 100ms);
        const int ready = ::poll(&line, told ? 0 : 1, static_cast<int>(pause.count()) + 1);
        told = told || ready > 0;
    }
}

void kill_and_reap(pid_t pid) {
    (void)::kill(-pid, SIGKILL);
    (void)::kill(pid, SIGKILL);
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
}

}  // namespace

Result<UniqueFd> memory_file(std::string_view bytes) {
    UniqueFd file(::memfd_create("syncwatch", MFD_CLOEXEC));
    if (!file) return no_resources("make a file in memory");
    while (!bytes.empty()) {
        const auto wrote = ::write(file.get(), bytes.data(), bytes.size());
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote <= 0) return no_resources("fill a file in memory");
        bytes.remove_prefix(static_cast<std::size_t>(wrote));
    }
    if (::lseek(file.get(), 0, SEEK_SET) != 0) return no_resources("rewind a file in memory");
    return file;
}

Result<std::string> read_whole(int fd, std::uint64_t most) {
    std::string bytes;
    std::array<char, 64 << 10> buffer;
    for (;;) {
        const auto got =
            ::pread(fd, buffer.data(), buffer.size(), static_cast<::off_t>(bytes.size()));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return no_resources("read");
        if (got == 0) return bytes;
        bytes.append(buffer.data(), static_cast<std::size_t>(got));
        if (bytes.size() > most) return fail(ErrorCode::TooLarge, "there is too much of it");
    }
}

Result<ProgramEnd> run_program(const ProgramRun& run) {
    SW_TRY(const UniqueFd errors, memory_file(""));
    SW_TRY(Ends failure, make_ends());
    SW_TRY(Ends alive, make_ends());
    std::vector<std::string> command = run.command;
    const char* const path = std::getenv("PATH");
    std::vector<std::string> environment{
        "LC_ALL=C", "HOME=/nonexistent",
        fmt::format("PATH={}", path == nullptr ? "/usr/local/bin:/usr/bin:/bin" : path)};
    const auto arguments = argument_pointers(command);
    const auto variables = argument_pointers(environment);
    const Start start{arguments.data(),
                      variables.data(),
                      {run.input, run.output, errors.get(), alive.write.get()},
                      failure.write.get(),
                      static_cast<rlim_t>(std::max(run.most_output, kMostErrors)),
                      ::getpid()};
    const auto deadline = SteadyClock::now() + run.deadline;
    const pid_t pid = ::fork();
    if (pid < 0) return no_resources("start " + run.command.front());
    if (pid == 0) become(start);
    failure.write = UniqueFd();
    alive.write = UniqueFd();
    int why = 0;
    if (::read(failure.read.get(), &why, sizeof(why)) == sizeof(why)) {
        kill_and_reap(pid);
        errno = why;
        if (why == ENOENT) {
            return fail(ErrorCode::NotFound, run.command.front() + " is not installed");
        }
        return no_resources("run " + run.command.front());
    }
    const auto status = wait_for_end(pid, alive.read.get(), deadline);
    if (!status) {
        kill_and_reap(pid);
        return fail(ErrorCode::Timeout, run.command.front() + " took too long");
    }
    (void)::kill(-pid, SIGKILL);  // What it may have left behind.
    if (WIFSIGNALED(*status)) {
        return fail_unavailable(
            "backup",
            fmt::format("{} was killed by signal {}", run.command.front(), WTERMSIG(*status)), 5s);
    }
    ProgramEnd end;
    end.code = WEXITSTATUS(*status);
    SW_TRY(end.errors, read_whole(errors.get(), run.most_output + kMostErrors));
    return end;
}

}  // namespace syncwatch::age
