#include "adapters/ffmpeg/child_process.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "adapters/ffmpeg/read_notices.h"
#include "base/assert.h"

namespace syncwatch::ffmpeg {
namespace {

using std::chrono::microseconds;

/// As large as an unprivileged process may have: the encoder goes on while a segment is stored.
constexpr int kPipeSize = 1 << 20;
constexpr int kMostOutputs = 64;

struct Pipe {
    UniqueFd read;
    UniqueFd write;
};

tl::unexpected<Error> cannot_run(const std::filesystem::path& program, int why) {
    return fail_unavailable("transcoder", "run " + program.string() + ": " + std::strerror(why),
                            std::chrono::seconds(30));
}

std::optional<Pipe> make_pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return std::nullopt;
    Pipe pipe{UniqueFd(ends[0]), UniqueFd(ends[1])};
    (void)::fcntl(ends[0], F_SETPIPE_SZ, kPipeSize);
    (void)::fcntl(ends[0], F_SETFL, O_NONBLOCK);
    return pipe;
}

/// What the child needs between fork and exec, all of it made before.
struct Launch {
    const char* program;
    char* const* argv;
    char* const* environment;
    const char* folder;
    const FencesReady* fences;
    const int* outputs;  ///< In order: stdout, stderr, then the others.
    int output_count;
    int reads;    ///< Where it tells how its reads are told; -1: they are not.
    int failure;  ///< Where errno of what went wrong is written.
    pid_t parent;
};

[[noreturn]] void give_up(int failure) {
    const int why = errno;
    [[maybe_unused]] const auto written = ::write(failure, &why, sizeof(why));
    ::_exit(127);
}

/// Descriptors 1, 2, 3, … become the outputs and the one after them reports failure of exec; all
/// others are closed by exec.
int arrange_descriptors(const Launch& launch) {
    // First out of the way of the numbers that are to be filled.
    int aside[kMostOutputs + 1];
    const int beyond = launch.output_count + 2;
    for (int i = 0; i < launch.output_count; ++i) {
        aside[i] = ::fcntl(launch.outputs[i], F_DUPFD, beyond);
        if (aside[i] < 0) give_up(launch.failure);
    }
    const int failure_aside = ::fcntl(launch.failure, F_DUPFD, beyond);
    if (failure_aside < 0) give_up(launch.failure);
    const int nothing = ::open("/dev/null", O_RDONLY);
    if (nothing < 0 || ::dup2(nothing, 0) < 0) give_up(failure_aside);
    for (int i = 0; i < launch.output_count; ++i) {
        if (::dup2(aside[i], 1 + i) < 0) give_up(failure_aside);
    }
    const int failure = 1 + launch.output_count;
    if (::dup2(failure_aside, failure) < 0) give_up(failure_aside);
    (void)::fcntl(failure, F_SETFD, FD_CLOEXEC);
    // Not closed yet: Landlock's rules are among them.
    if (::syscall(SYS_close_range, failure + 1, ~0U, CLOSE_RANGE_CLOEXEC) != 0) give_up(failure);
    return failure;
}

[[noreturn]] void become(const Launch& launch) {
    sigset_t none;
    ::sigemptyset(&none);
    (void)::sigprocmask(SIG_SETMASK, &none, nullptr);
    for (const int each : {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGCHLD})
        (void)::signal(each, SIG_DFL);
    if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) give_up(launch.failure);
    // It may have died before the line above.
    if (::getppid() != launch.parent) ::_exit(127);
    (void)::setpgid(0, 0);
    const int failure = arrange_descriptors(launch);
    if (::chdir(launch.folder) != 0) give_up(failure);
    if (!launch.fences->enter()) give_up(failure);
    // Nothing reads from here on: who would answer waits for exec.
    if (launch.reads >= 0 && !ReadNotices::begin(launch.reads)) give_up(failure);
    ::execve(launch.program, launch.argv, launch.environment);
    give_up(failure);
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> out;
    for (std::string& each : texts) out.push_back(each.data());
    out.push_back(nullptr);
    return out;
}

std::optional<Pipe> make_channel() {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return std::nullopt;
    return Pipe{UniqueFd(ends[0]), UniqueFd(ends[1])};
}

ChildProcess::End end_from(int status, const rusage& used) {
    ChildProcess::End end;
    if (WIFEXITED(status)) end.code = WEXITSTATUS(status);
    if (WIFSIGNALED(status)) end.signal = WTERMSIG(status);
    const auto micros = [](const timeval& time) {
        return std::chrono::seconds(time.tv_sec) + microseconds(time.tv_usec);
    };
    end.cpu_time = micros(used.ru_utime) + micros(used.ru_stime);
    end.peak_memory = std::int64_t{used.ru_maxrss} * 1024;
    return end;
}

}  // namespace

std::string ChildProcess::End::text() const {
    if (signal != 0) return fmt::format("killed by signal {}", signal);
    return fmt::format("exit code {}", code);
}

Result<ChildProcess> ChildProcess::start(const Spec& spec) {
    SW_ASSERT(2 + spec.pipes <= kMostOutputs);
    std::vector<Pipe> pipes;
    for (int i = 0; i < 2 + spec.pipes; ++i) {
        auto pipe = make_pipe();
        if (!pipe) return cannot_run(spec.program, errno);
        pipes.push_back(*std::move(pipe));
    }
    auto failure = make_pipe();
    if (!failure) return cannot_run(spec.program, errno);

    std::optional<Pipe> reads = spec.reads ? make_channel() : Pipe();
    if (!reads) return cannot_run(spec.program, errno);

    std::vector<std::string> args{spec.program.string()};
    args.insert(args.end(), spec.args.begin(), spec.args.end());
    // Threads of an encoder on many cores would each map an arena of 64 MiB.
    std::vector<std::string> environment{"LC_ALL=C", "HOME=/nonexistent", "AV_LOG_FORCE_NOCOLOR=1",
                                         "MALLOC_ARENA_MAX=4"};
    const std::vector<char*> argv = pointers(args);
    const std::vector<char*> envp = pointers(environment);
    std::vector<int> outputs;
    for (const Pipe& each : pipes) outputs.push_back(each.write.get());
    const std::string folder = spec.folder.empty() ? "/" : spec.folder.string();
    const FencesReady fences(spec.fences, spec.program);
    const Launch launch{args[0].c_str(),
                        argv.data(),
                        envp.data(),
                        folder.c_str(),
                        &fences,
                        outputs.data(),
                        static_cast<int>(outputs.size()),
                        reads->write.get(),
                        failure->write.get(),
                        ::getpid()};

    const pid_t pid = ::fork();
    if (pid < 0) return cannot_run(spec.program, errno);
    if (pid == 0) become(launch);
    ChildProcess child(pid);
    (void)::setpgid(pid, pid);  // Whoever is first; so that kill() finds the group at once.

    failure->write = UniqueFd();
    (void)::fcntl(failure->read.get(), F_SETFL, 0);
    int why = 0;
    if (::read(failure->read.get(), &why, sizeof(why)) == sizeof(why)) {
        return cannot_run(spec.program, why);
    }
    if (spec.reads) {
        SW_TRY(child.reads_, ReadNotices::take_listener(reads->read.get()));
    }
    child.stdout_ = std::move(pipes[0].read);
    child.stderr_ = std::move(pipes[1].read);
    for (std::size_t i = 2; i < pipes.size(); ++i) {
        child.pipes_.push_back(std::move(pipes[i].read));
    }
    return child;
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      stdout_(std::move(other.stdout_)),
      stderr_(std::move(other.stderr_)),
      pipes_(std::move(other.pipes_)),
      reads_(std::move(other.reads_)) {}

ChildProcess::~ChildProcess() {
    if (pid_ < 0) return;
    kill();
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
}

void ChildProcess::kill() {
    if (pid_ < 0) return;
    (void)::kill(-pid_, SIGKILL);
    (void)::kill(pid_, SIGKILL);
}

std::optional<ChildProcess::End> ChildProcess::try_reap() {
    if (pid_ < 0) return std::nullopt;
    int status = 0;
    rusage used{};
    if (::wait4(pid_, &status, WNOHANG, &used) != pid_) return std::nullopt;
    (void)::kill(-pid_, SIGKILL);  // What it may have left behind.
    pid_ = -1;
    return end_from(status, used);
}

std::int64_t ChildProcess::resident_memory() const {
    if (pid_ < 0) return 0;
    const std::string path = fmt::format("/proc/{}/statm", pid_);
    const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    char text[128] = {};
    if (!file || ::read(file.get(), text, sizeof(text) - 1) <= 0) return 0;
    long total = 0;
    long resident = 0;
    if (std::sscanf(text, "%ld %ld", &total, &resident) != 2) return 0;
    return std::int64_t{resident} * ::sysconf(_SC_PAGESIZE);
}

}  // namespace syncwatch::ffmpeg
