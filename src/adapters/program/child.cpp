#include "adapters/program/child.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/assert.h"

namespace syncwatch::program {
namespace {

using std::chrono::microseconds;

/// Standard streams, further pipes, the pipe that tells of failure, and what is kept.
constexpr std::size_t kMostDescriptors = 72;
constexpr std::size_t kStandard = 3;

tl::unexpected<Error> cannot_run(const Spec& spec, int why) {
    auto error = fail_unavailable(spec.component,
                                  fmt::format("run {}: {}", spec.program, std::strerror(why)),
                                  std::chrono::seconds(30));
    if (why == ENOENT) error.value().reason = "not_installed";
    return error;
}

struct Pipe {
    UniqueFd read;
    UniqueFd write;
};

std::optional<Pipe> make_pipe(std::size_t bytes) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return std::nullopt;
    Pipe pipe{UniqueFd(ends[0]), UniqueFd(ends[1])};
    if (bytes > 0) (void)::fcntl(ends[0], F_SETPIPE_SZ, static_cast<int>(bytes));
    return pipe;
}

/// What the child needs between fork and exec, all of it made before.
struct Launch {
    const Spec& spec;
    char* const* argv = nullptr;
    char* const* environment = nullptr;
    const char* folder = nullptr;
    std::array<int, kMostDescriptors> from{};  ///< Which becomes descriptor 0, 1, 2, …
    std::size_t count = 0;
    std::size_t failure = 0;  ///< Which of them is told errno of what went wrong.
    pid_t parent = -1;

    void add(int descriptor) { from[count++] = descriptor; }
};

[[noreturn]] void give_up(int failure) {
    const int why = errno;
    [[maybe_unused]] const auto written = ::write(failure, &why, sizeof(why));
    ::_exit(127);
}

/// All others are closed, and those from `failure` on by exec.
void arrange_descriptors(const Launch& launch) {
    // First out of the way of the numbers that are to be filled.
    const int failure_now = launch.from[launch.failure];
    std::array<int, kMostDescriptors> aside{};
    for (std::size_t i = 0; i < launch.count; ++i) {
        aside[i] = ::fcntl(launch.from[i], F_DUPFD, static_cast<int>(launch.count));
        if (aside[i] < 0) give_up(failure_now);
    }
    for (std::size_t i = 0; i < launch.count; ++i) {
        const int to = static_cast<int>(i);
        if (::dup2(aside[i], to) < 0) give_up(aside[launch.failure]);
        if (i >= launch.failure) (void)::fcntl(to, F_SETFD, FD_CLOEXEC);
    }
    const int failure = static_cast<int>(launch.failure);
    // Closed now: limits of descriptors may follow, and the server's own may be many.
    if (::syscall(SYS_close_range, launch.count, ~0U, 0) != 0) give_up(failure);
}

bool limit(__rlimit_resource what, rlim_t value) {
    const rlimit both{value, value};
    return ::setrlimit(what, &both) == 0;
}

/// In the child: only what is safe there (signal-safety(7)).
[[noreturn]] void become(const Launch& launch) {
    sigset_t none;
    ::sigemptyset(&none);
    (void)::sigprocmask(SIG_SETMASK, &none, nullptr);
    for (const int each : {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGCHLD})
        (void)::signal(each, SIG_DFL);
    // Without a terminal it can ask nobody for a password, and wait for an answer.
    (void)::setsid();
    arrange_descriptors(launch);
    const Spec& spec = launch.spec;
    const int failure = static_cast<int>(launch.failure);
    if (::chdir(launch.folder) != 0) {
        // Not to be taken for a program that is not there.
        if (errno == ENOENT) errno = ENOTDIR;
        give_up(failure);
    }
    if (spec.run_as && (::setgroups(0, nullptr) != 0 || ::setgid(spec.run_as->group) != 0 ||
                        ::setuid(spec.run_as->user) != 0)) {
        give_up(failure);
    }
    // After setuid, which forgets it.
    if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) give_up(failure);
    // The parent may have died before the line above.
    if (::getppid() != launch.parent) ::_exit(127);
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) give_up(failure);
    if (!limit(RLIMIT_CORE, 0)) give_up(failure);
    if (spec.max_file_bytes) {
        // What it writes beyond fails, and does not kill it.
        (void)::signal(SIGXFSZ, SIG_IGN);
        if (!limit(RLIMIT_FSIZE, static_cast<rlim_t>(*spec.max_file_bytes))) give_up(failure);
    }
    std::array<int, kMostDescriptors> kept{};
    for (std::size_t i = 0; i < spec.kept.size(); ++i) kept[i] = failure + 1 + static_cast<int>(i);
    if (spec.last_step && !spec.last_step(kept.data())) give_up(failure);
    ::execvpe(launch.argv[0], launch.argv, launch.environment);
    give_up(failure);
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> out;
    for (std::string& each : texts) out.push_back(each.data());
    out.push_back(nullptr);
    return out;
}

End end_from(int status, const rusage& used) {
    End end;
    if (WIFEXITED(status)) end.code = WEXITSTATUS(status);
    if (WIFSIGNALED(status)) {
        end.signal = WTERMSIG(status);
        end.code = 128 + end.signal;
    }
    const auto micros = [](const timeval& time) {
        return std::chrono::seconds(time.tv_sec) + microseconds(time.tv_usec);
    };
    end.cpu_time = micros(used.ru_utime) + micros(used.ru_stime);
    end.peak_memory = std::int64_t{used.ru_maxrss} * 1024;
    return end;
}

/// errno of what went wrong before the program began; 0: it began.
int read_failure(const UniqueFd& from) {
    int why = 0;
    ssize_t got = 0;
    do {
        got = ::read(from.get(), &why, sizeof(why));
    } while (got < 0 && errno == EINTR);
    return got == static_cast<ssize_t>(sizeof(why)) ? why : 0;
}

}  // namespace

std::string End::text() const {
    if (signal != 0) return fmt::format("killed by signal {}", signal);
    return fmt::format("exit code {}", code);
}

Result<Child> Child::start(const Spec& spec) {
    const auto further = static_cast<std::size_t>(spec.pipes);
    SW_ASSERT(kStandard + further + 1 + spec.kept.size() <= kMostDescriptors);
    std::vector<std::string> args{spec.program};
    args.insert(args.end(), spec.args.begin(), spec.args.end());
    std::vector<std::string> environment = spec.environment;
    const std::vector<char*> argv = pointers(args);
    const std::vector<char*> envp = pointers(environment);
    const std::string folder = spec.folder.empty() ? "/" : spec.folder.string();
    Launch launch{spec, argv.data(), envp.data(), folder.c_str()};
    launch.parent = ::getpid();

    const UniqueFd nothing(spec.input < 0 ? ::open("/dev/null", O_RDONLY | O_CLOEXEC) : -1);
    if (spec.input < 0 && !nothing) return cannot_run(spec, errno);
    launch.add(spec.input < 0 ? nothing.get() : spec.input);
    std::vector<Pipe> pipes(2 + further);
    for (std::size_t i = 0; i < pipes.size(); ++i) {
        const int given = i == 0 ? spec.output : i == 1 ? spec.errors : -1;
        if (given < 0) {
            auto pipe = make_pipe(spec.pipe_bytes);
            if (!pipe) return cannot_run(spec, errno);
            pipes[i] = *std::move(pipe);
        }
        launch.add(given < 0 ? pipes[i].write.get() : given);
    }
    auto failure = make_pipe(0);
    if (!failure) return cannot_run(spec, errno);
    launch.failure = launch.count;
    launch.add(failure->write.get());
    for (const int each : spec.kept) launch.add(each);

    const pid_t pid = ::fork();
    if (pid < 0) return cannot_run(spec, errno);
    if (pid == 0) become(launch);
    Child child(pid);
    failure->write = UniqueFd();
    if (const int why = read_failure(failure->read); why != 0) return cannot_run(spec, why);
    child.stdout_ = std::move(pipes[0].read);
    child.stderr_ = std::move(pipes[1].read);
    for (std::size_t i = 2; i < pipes.size(); ++i) {
        child.pipes_.push_back(std::move(pipes[i].read));
    }
    return child;
}

Child::Child(Child&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      stdout_(std::move(other.stdout_)),
      stderr_(std::move(other.stderr_)),
      pipes_(std::move(other.pipes_)) {}

Child::~Child() {
    if (pid_ < 0) return;
    kill();
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
}

void Child::signal(int number) const {
    if (pid_ > 0) (void)::kill(pid_, number);
}

void Child::kill() const {
    if (pid_ <= 0) return;
    // Its session is a process group, unless it did not come so far.
    (void)::kill(-pid_, SIGKILL);
    (void)::kill(pid_, SIGKILL);
}

std::optional<End> Child::try_reap() {
    if (pid_ < 0) return std::nullopt;
    int status = 0;
    rusage used{};
    if (::wait4(pid_, &status, WNOHANG, &used) != pid_) return std::nullopt;
    (void)::kill(-pid_, SIGKILL);  // What it may have left behind.
    pid_ = -1;
    return end_from(status, used);
}

std::int64_t Child::resident_memory() const {
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

}  // namespace syncwatch::program
