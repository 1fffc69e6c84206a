#include "apps/lab/server_process.h"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "apps/lab/process_table.h"
#include "apps/lab/wait.h"

namespace syncwatch::lab {
namespace {

using namespace std::chrono_literals;

struct Identity {
    uid_t user;
    gid_t group;
};

/// Whom servers run as; nullopt: as we do. PostgreSQL refuses to run as root.
std::optional<Identity> identity() {
    if (::geteuid() != 0) return std::nullopt;
    const passwd* entry = ::getpwnam("nobody");
    if (entry == nullptr) return std::nullopt;
    return Identity{entry->pw_uid, entry->pw_gid};
}

/// Between fork and exec: only what is safe there (signal-safety(7)); 127 tells that it failed.
[[noreturn]] void become(const Launch& launch, const std::optional<Identity>& who,
                         char* const* arguments, pid_t starter) {
    ::setsid();
    const int log = ::open(launch.log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
    const int nothing = ::open("/dev/null", O_RDONLY);
    if (log < 0 || nothing < 0) ::_exit(127);
    ::dup2(nothing, STDIN_FILENO);
    ::dup2(log, STDOUT_FILENO);
    ::dup2(log, STDERR_FILENO);
    ::close_range(3, ~0U, 0);
    if (who) {
        if (::setgroups(0, nullptr) != 0 || ::setgid(who->group) != 0 || ::setuid(who->user) != 0)
            ::_exit(127);
    }
    if (!launch.folder.empty() && ::chdir(launch.folder.c_str()) != 0) ::_exit(127);
    if (launch.life == Life::WithStarter) {
        // After setuid, which forgets it.
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() != starter) ::_exit(127);
    }
    ::execvp(arguments[0], arguments);
    ::_exit(127);
}

/// The end of a log, for an error's text.
std::string last_words(const std::filesystem::path& log) {
    constexpr std::streamoff kMost = 600;
    std::ifstream in(log, std::ios::binary | std::ios::ate);
    if (!in) return {};
    const std::streamoff size = in.tellg();
    in.seekg(std::max<std::streamoff>(0, size - kMost));
    std::ostringstream all;
    all << in.rdbuf();
    return all.str();
}

/// The exit status once it has ended, or nullopt.
std::optional<int> ended_within(std::chrono::milliseconds patience, pid_t pid) {
    int status = 0;
    const auto reaped = [&] {
        const pid_t got = ::waitpid(pid, &status, WNOHANG);
        return got == pid || (got < 0 && errno == ECHILD);
    };
    if (!wait_until(reaped, patience, 2ms)) return std::nullopt;
    return status;
}

}  // namespace

Result<pid_t> start(const Launch& launch) {
    std::vector<char*> arguments;
    for (const auto& each : launch.command) arguments.push_back(const_cast<char*>(each.c_str()));
    arguments.push_back(nullptr);
    const auto who = identity();
    const pid_t starter = ::getpid();
    std::vector<std::string> merged;
    for (char** each = environ; *each != nullptr; ++each) merged.emplace_back(*each);
    for (const auto& [name, value] : launch.environment) merged.push_back(name + "=" + value);
    std::vector<char*> environment;
    for (auto& each : merged) environment.push_back(each.data());
    environment.push_back(nullptr);
    const pid_t pid = ::fork();
    if (pid < 0) {
        return fail_unavailable("lab", fmt::format("fork: {}", std::strerror(errno)), 1s);
    }
    if (pid == 0) {
        environ = environment.data();
        become(launch, who, arguments.data(), starter);
    }
    return pid;
}

Result<> run_tool(const Launch& launch, std::chrono::milliseconds patience) {
    SW_TRY(const pid_t pid, start(launch));
    const auto status = ended_within(patience, pid);
    const std::string& tool = launch.command.front();
    if (!status) {
        ::kill(-pid, SIGKILL);
        (void)ended_within(5s, pid);
        return fail(ErrorCode::Timeout, fmt::format("{} took longer than {} ms: {}", tool,
                                                    patience.count(), last_words(launch.log)));
    }
    if (*status == 0) return {};
    const int code = WIFEXITED(*status) ? WEXITSTATUS(*status) : 128 + WTERMSIG(*status);
    return fail_unavailable(
        "lab", fmt::format("{} ended with {}: {}", tool, code, last_words(launch.log)), 1s);
}

Result<> hand_over(const std::filesystem::path& folder) {
    const auto who = identity();
    if (!who) return {};
    const auto give = [&](const std::filesystem::path& each) -> Result<> {
        if (::lchown(each.c_str(), who->user, who->group) == 0) return {};
        return fail(ErrorCode::Forbidden,
                    fmt::format("chown {}: {}", each.string(), std::strerror(errno)));
    };
    SW_CHECK(give(folder));
    std::error_code failed;
    for (const auto& each : std::filesystem::recursive_directory_iterator(folder, failed)) {
        SW_CHECK(give(each.path()));
    }
    return {};
}

ServerProcess::ServerProcess(ServerProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)) {}

ServerProcess& ServerProcess::operator=(ServerProcess&& other) noexcept {
    std::swap(pid_, other.pid_);
    return *this;
}

ServerProcess::~ServerProcess() {
    kill();
}

bool ServerProcess::alive() const {
    return pid_ > 0 && ::waitpid(pid_, nullptr, WNOHANG) == 0;
}

void ServerProcess::kill() {
    if (pid_ <= 0) return;
    // Its session is a process group: a server's children go with it.
    ::kill(-pid_, SIGKILL);
    (void)ended_within(20s, pid_);
    pid_ = -1;
}

void ServerProcess::hang() const {
    if (pid_ > 0) signal_family(pid_, SIGSTOP);
}

void ServerProcess::wake() const {
    if (pid_ > 0) signal_family(pid_, SIGCONT);
}

void ServerProcess::stop(int signal, std::chrono::milliseconds patience) {
    if (pid_ <= 0) return;
    ::kill(pid_, signal);
    if (ended_within(patience, pid_)) {
        pid_ = -1;
        return;
    }
    kill();
}

}  // namespace syncwatch::lab
