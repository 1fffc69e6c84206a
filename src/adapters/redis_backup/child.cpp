#include "adapters/redis_backup/child.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <utility>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <linux/close_range.h>
#include <pwd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace syncwatch::redis {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

struct Identity {
    uid_t user;
    gid_t group;
};

/// Whom unprivileged children run as; nullopt: as we do.
std::optional<Identity> nobody() {
    if (::geteuid() != 0) return std::nullopt;
    passwd entry{};
    passwd* found = nullptr;
    std::vector<char> text(16'384);
    if (::getpwnam_r("nobody", &entry, text.data(), text.size(), &found) != 0 || found == nullptr) {
        return std::nullopt;
    }
    return Identity{entry.pw_uid, entry.pw_gid};
}

tl::unexpected<Error> cannot(std::string_view doing, const std::string& what) {
    return fail_unavailable("backup", fmt::format("{} {}: {}", doing, what, std::strerror(errno)),
                            30s);
}

/// What the child needs between fork and exec, all of it made before.
struct Launch {
    const char* program;
    char* const* argv;
    char* const* environment;
    const char* folder;
    const std::optional<Identity>& who;
    int input;
    int output;
    rlim_t max_file_bytes;
    pid_t parent;
};

/// Only what is safe between fork and exec (signal-safety(7)); 127 tells that it failed.
[[noreturn]] void become(const Launch& launch) {
    sigset_t none;
    ::sigemptyset(&none);
    (void)::sigprocmask(SIG_SETMASK, &none, nullptr);
    for (const int each : {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGCHLD})
        (void)::signal(each, SIG_DFL);
    // What it writes beyond its limit fails, and does not kill it.
    (void)::signal(SIGXFSZ, SIG_IGN);
    ::setsid();
    if (::dup2(launch.input, STDIN_FILENO) < 0 || ::dup2(launch.output, STDOUT_FILENO) < 0 ||
        ::dup2(launch.output, STDERR_FILENO) < 0) {
        ::_exit(127);
    }
    if (::syscall(SYS_close_range, 3, ~0U, CLOSE_RANGE_CLOEXEC) != 0) ::_exit(127);
    const rlimit files{launch.max_file_bytes, launch.max_file_bytes};
    const rlimit core{0, 0};
    if (::setrlimit(RLIMIT_FSIZE, &files) != 0 || ::setrlimit(RLIMIT_CORE, &core) != 0) {
        ::_exit(127);
    }
    if (::chdir(launch.folder) != 0) ::_exit(127);
    if (launch.who && (::setgroups(0, nullptr) != 0 || ::setgid(launch.who->group) != 0 ||
                       ::setuid(launch.who->user) != 0)) {
        ::_exit(127);
    }
    // After setuid, which forgets it.
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) ::_exit(127);
    if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || ::getppid() != launch.parent) ::_exit(127);
    ::execve(launch.program, launch.argv, launch.environment);
    ::_exit(127);
}

/// A file that has no name, to be read from its beginning.
Result<UniqueFd> in_memory(std::string_view text) {
    UniqueFd fd(::memfd_create("redis", MFD_CLOEXEC));
    if (!fd) return cannot("make a file", "in memory");
    while (!text.empty()) {
        const ssize_t done = ::write(fd.get(), text.data(), text.size());
        if (done <= 0) return cannot("write a file", "in memory");
        text.remove_prefix(static_cast<std::size_t>(done));
    }
    if (::lseek(fd.get(), 0, SEEK_SET) != 0) return cannot("read a file", "in memory");
    return fd;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> out;
    for (std::string& each : texts) out.push_back(each.data());
    out.push_back(nullptr);
    return out;
}

}  // namespace

Result<fs::path> find_program(const std::string& name, const std::string& package) {
    const char* const given = std::getenv("PATH");
    std::string folders = given == nullptr ? "" : given;
    folders += ":/usr/local/bin:/usr/bin:/bin";
    for (std::size_t at = 0; at < folders.size();) {
        const std::size_t end = std::min(folders.find(':', at), folders.size());
        const fs::path path = fs::path(folders.substr(at, end - at)) / name;
        if (path.is_absolute() && ::access(path.c_str(), X_OK) == 0) return path;
        at = end + 1;
    }
    return fail(ErrorCode::NotFound,
                fmt::format("{} is not installed: it is in Debian's package {}", name, package),
                "redis_programs");
}

Result<> give_to_children(const fs::path& path) {
    const auto who = nobody();
    if (!who || ::lchown(path.c_str(), who->user, who->group) == 0) return {};
    return cannot("give away", path.string());
}

Result<Child> Child::start(const Spec& spec) {
    SW_TRY(const UniqueFd input, in_memory(spec.input));
    SW_TRY(UniqueFd output, in_memory({}));
    // Two streams go into it.
    if (::fcntl(output.get(), F_SETFL, O_APPEND) != 0) return cannot("write to", "memory");
    std::vector<std::string> args{spec.program.string()};
    args.insert(args.end(), spec.args.begin(), spec.args.end());
    std::vector<std::string> environment{"LC_ALL=C", "HOME=/nonexistent"};
    const std::vector<char*> argv = pointers(args);
    const std::vector<char*> envp = pointers(environment);
    const auto who = spec.unprivileged ? nobody() : std::nullopt;
    const Launch launch{
        args[0].c_str(), argv.data(),  envp.data(),         spec.folder.c_str(), who,
        input.get(),     output.get(), spec.max_file_bytes, ::getpid()};
    const pid_t pid = ::fork();
    if (pid < 0) return cannot("run", spec.program.string());
    if (pid == 0) become(launch);
    return Child(pid, std::move(output));
}

Child::Child(Child&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), output_(std::move(other.output_)) {}

Child::~Child() {
    if (pid_ < 0) return;
    kill();
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
}

void Child::kill() {
    if (pid_ < 0) return;
    // Its session is a process group, unless it did not come so far.
    (void)::kill(-pid_, SIGKILL);
    (void)::kill(pid_, SIGKILL);
}

std::optional<int> Child::try_reap() {
    int status = 0;
    if (pid_ < 0 || ::waitpid(pid_, &status, WNOHANG) != pid_) return std::nullopt;
    (void)::kill(-pid_, SIGKILL);  // What it may have left behind.
    pid_ = -1;
    return status;
}

std::string Child::said(std::size_t most) const {
    struct ::stat facts {};
    if (::fstat(output_.get(), &facts) != 0 || facts.st_size <= 0) return {};
    const auto size = static_cast<std::size_t>(facts.st_size);
    std::string text(std::min(size, most), '\0');
    std::size_t have = 0;
    while (have < text.size()) {
        const auto at = static_cast<off_t>(size - text.size() + have);
        const ssize_t got = ::pread(output_.get(), text.data() + have, text.size() - have, at);
        if (got <= 0) break;
        have += static_cast<std::size_t>(got);
    }
    text.resize(have);
    return text;
}

Async<int> Child::end_within(std::chrono::milliseconds patience) {
    net::steady_timer timer(co_await net::this_coro::executor);
    auto waited = 0ms;
    for (auto step = 1ms;; step = std::min(step * 2, 20ms)) {
        if (const auto status = try_reap()) co_return *status;
        if (waited >= patience) {
            kill();
            co_return fail(ErrorCode::Timeout,
                           fmt::format("it took longer than {} s", patience / 1s));
        }
        timer.expires_after(step);
        co_await timer.async_wait(net::use_awaitable);
        waited += step;
    }
}

}  // namespace syncwatch::redis
