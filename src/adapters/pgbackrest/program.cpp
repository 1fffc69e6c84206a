#include "adapters/pgbackrest/program.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <grp.h>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace syncwatch::pgbackrest {
namespace {

struct Pipe {
    UniqueFd read;
    UniqueFd write;
};

std::optional<Pipe> make_pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return std::nullopt;
    return Pipe{UniqueFd(ends[0]), UniqueFd(ends[1])};
}

tl::unexpected<Error> cannot_run(const std::string& program, int why) {
    Error error;
    error.code = ErrorCode::Unavailable;
    error.component = "backup";
    error.message = "run " + program + ": " + std::strerror(why);
    if (why == ENOENT) error.reason = "not_installed";
    return fail(std::move(error));
}

/// What the child needs between fork and exec, all of it made before: only what is safe there is
/// called (signal-safety(7)).
struct Launch {
    char* const* argv;
    char* const* environment;
    const char* folder;
    const std::optional<Identity>* run_as;
    int out;
    int errors;
    int failure;  ///< Where errno of what went wrong is written.
    pid_t parent;
};

[[noreturn]] void give_up(int failure) {
    const int why = errno;
    [[maybe_unused]] const auto written = ::write(failure, &why, sizeof(why));
    ::_exit(127);
}

[[noreturn]] void become(const Launch& launch) {
    sigset_t none;
    ::sigemptyset(&none);
    (void)::sigprocmask(SIG_SETMASK, &none, nullptr);
    for (const int each : {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGCHLD})
        (void)::signal(each, SIG_DFL);
    (void)::setpgid(0, 0);
    // Above all that is filled, so that no dup2 below can hit it.
    const int failure = ::fcntl(launch.failure, F_DUPFD_CLOEXEC, 10);
    const int out = ::fcntl(launch.out, F_DUPFD, 10);
    const int errors = ::fcntl(launch.errors, F_DUPFD, 10);
    if (failure < 0 || out < 0 || errors < 0) ::_exit(127);
    const int nothing = ::open("/dev/null", O_RDONLY);
    if (nothing < 0 || ::dup2(nothing, 0) < 0 || ::dup2(out, 1) < 0 || ::dup2(errors, 2) < 0) {
        give_up(failure);
    }
    if (::syscall(SYS_close_range, 3, ~0U, CLOSE_RANGE_CLOEXEC) != 0) give_up(failure);
    if (const auto& who = *launch.run_as; who) {
        if (::setgroups(0, nullptr) != 0 || ::setgid(who->group) != 0 || ::setuid(who->user) != 0) {
            give_up(failure);
        }
    }
    // After setuid, which forgets it.
    if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) give_up(failure);
    if (::getppid() != launch.parent) ::_exit(127);
    if (::chdir(launch.folder) != 0) give_up(failure);
    ::execvpe(launch.argv[0], launch.argv, launch.environment);
    give_up(failure);
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> out;
    for (std::string& each : texts) out.push_back(each.data());
    out.push_back(nullptr);
    return out;
}

/// PGBACKREST_* in ours would be options that nobody wrote into the configuration.
std::vector<std::string> environment_of(const ProgramSpec& spec) {
    std::vector<std::string> all;
    for (char** each = environ; *each != nullptr; ++each) {
        const std::string_view line(*each);
        const std::string name(line.substr(0, line.find('=')));
        const bool is_ours = spec.environment.contains(name) || name.starts_with("PGBACKREST_");
        if (!is_ours && !name.starts_with("SYNCWATCH_")) all.emplace_back(line);
    }
    for (const auto& [name, value] : spec.environment) all.push_back(name + "=" + value);
    return all;
}

}  // namespace

Result<Program> Program::start(const ProgramSpec& spec) {
    auto out = make_pipe();
    auto errors = make_pipe();
    auto failure = make_pipe();
    if (!out || !errors || !failure) return cannot_run(spec.program, errno);
    std::vector<std::string> args{spec.program};
    args.insert(args.end(), spec.args.begin(), spec.args.end());
    std::vector<std::string> environment = environment_of(spec);
    const std::vector<char*> argv = pointers(args);
    const std::vector<char*> envp = pointers(environment);
    const std::string folder = spec.folder.string();
    const Launch launch{argv.data(),      envp.data(),         folder.c_str(),       &spec.run_as,
                        out->write.get(), errors->write.get(), failure->write.get(), ::getpid()};
    const pid_t pid = ::fork();
    if (pid < 0) return cannot_run(spec.program, errno);
    if (pid == 0) become(launch);
    Program program(pid);
    (void)::setpgid(pid, pid);  // Whoever is first; so that kill() finds the group at once.
    failure->write = UniqueFd();
    int why = 0;
    ssize_t got = 0;
    do {
        got = ::read(failure->read.get(), &why, sizeof(why));
    } while (got < 0 && errno == EINTR);
    if (got == sizeof(why)) return cannot_run(spec.program, why);
    program.stdout_ = std::move(out->read);
    program.stderr_ = std::move(errors->read);
    return program;
}

Program::Program(Program&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      stdout_(std::move(other.stdout_)),
      stderr_(std::move(other.stderr_)) {}

Program::~Program() {
    if (pid_ < 0) return;
    kill();
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
}

void Program::signal(int number) const {
    if (pid_ > 0) (void)::kill(pid_, number);
}

void Program::kill() const {
    if (pid_ <= 0) return;
    (void)::kill(-pid_, SIGKILL);
    (void)::kill(pid_, SIGKILL);
}

std::optional<int> Program::try_reap() {
    if (pid_ < 0) return std::nullopt;
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) != pid_) return std::nullopt;
    (void)::kill(-pid_, SIGKILL);  // What it may have left behind.
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace syncwatch::pgbackrest
