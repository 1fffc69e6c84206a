#include "harness/process.h"

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace syncwatch::harness {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto kStartPatience = 30s;  ///< Sanitizers and busy machines are slow.

std::string contents(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream all;
    all << in.rdbuf();
    return all.str();
}

void redirect(int to, const std::filesystem::path& file, int flags) {
    const int fd = ::open(file.c_str(), flags, 0644);
    ::dup2(fd, to);
}

[[noreturn]] void become(const Process::Options& options, const std::filesystem::path& folder) {
    redirect(STDIN_FILENO, folder / "in", O_RDONLY);
    redirect(STDOUT_FILENO, folder / "out", O_WRONLY | O_APPEND);
    redirect(STDERR_FILENO, folder / "err", O_WRONLY | O_APPEND);
    for (const auto& [name, value] : options.environment) ::setenv(name.c_str(), value.c_str(), 1);
    if (options.user && (::setgid(*options.user) != 0 || ::setuid(*options.user) != 0))
        ::_exit(127);
    std::vector<char*> arguments;
    for (const auto& each : options.command) arguments.push_back(const_cast<char*>(each.c_str()));
    arguments.push_back(nullptr);
    ::execvp(arguments[0], arguments.data());
    ::_exit(127);
}

}  // namespace

Process::Process(const Options& options) {
    for (const char* name : {"in", "out", "err"}) std::ofstream(folder_.path() / name);
    std::ofstream(folder_.path() / "in") << options.input;
    pid_ = ::fork();
    if (pid_ == 0) become(options, folder_.path());
}

Process::~Process() {
    if (ended_) return;
    signal(SIGKILL);
    (void)wait(20s);
}

void Process::signal(int number) const {
    if (!ended_ && pid_ > 0) ::kill(pid_, number);
}

std::optional<int> Process::wait(std::chrono::milliseconds patience) {
    const auto deadline = Clock::now() + patience;
    while (!ended_) {
        int status = 0;
        const pid_t got = ::waitpid(pid_, &status, WNOHANG);
        if (got == pid_) {
            ended_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        } else if (Clock::now() >= deadline) {
            return std::nullopt;
        } else {
            std::this_thread::sleep_for(2ms);
        }
    }
    return ended_;
}

std::string Process::out() const {
    return contents(folder_.path() / "out");
}
std::string Process::err() const {
    return contents(folder_.path() / "err");
}

bool Process::wait_for_out(std::string_view text, std::chrono::milliseconds patience) {
    const auto deadline = Clock::now() + patience;
    for (;;) {
        if (out().find(text) != std::string::npos) return true;
        if (!running() || Clock::now() >= deadline) return out().find(text) != std::string::npos;
        std::this_thread::sleep_for(5ms);
    }
}

Ran Process::ran(std::chrono::milliseconds patience) {
    const int exit = wait(patience).value_or(-1);
    return {exit, out(), err()};
}

std::optional<uid_t> unprivileged() {
    constexpr uid_t kNobody = 65534;
    return ::geteuid() == 0 ? std::optional(kNobody) : std::nullopt;
}

std::string program() {
    return SW_BINARY;
}

Ran run_syncwatch(std::vector<std::string> arguments, std::string input,
                  std::map<std::string, std::string> environment) {
    Process::Options options;
    options.command = std::move(arguments);
    options.command.insert(options.command.begin(), SW_BINARY);
    options.input = std::move(input);
    options.environment = std::move(environment);
    return Process(options).ran(60s);
}

Server::Server(std::filesystem::path data, Options options) : options_(std::move(options)) {
    Process::Options run;
    run.command = {SW_BINARY,     options_.command, "--server-listen",
                   "127.0.0.1:0", "--data-dir",     data.string()};
    run.command.insert(run.command.end(), options_.arguments.begin(), options_.arguments.end());
    run.environment = options_.environment;
    run.user = options_.user;
    process_ = std::make_unique<Process>(run);
    const std::string scheme = options_.tls ? "https://" : "http://";
    const std::string start = "SyncWatch is at " + scheme + options_.announced + ":";
    if (!process_->wait_for_out(start, kStartPatience)) {
        throw std::runtime_error("no server: " + process_->out() + process_->err());
    }
    const std::string said = process_->out();
    port_ = static_cast<std::uint16_t>(std::stoi(said.substr(said.find(start) + start.size())));
}

ClientStream::Options Server::to() const {
    ClientStream::Options to;
    to.port = port_;
    to.tls = options_.tls;
    to.authority_file = options_.authority_file;
    return to;
}

std::optional<int> Server::stop() {
    process_->signal(SIGTERM);
    return process_->wait(20s);
}

void Server::kill() {
    process_->signal(SIGKILL);
    (void)process_->wait(20s);
}

}  // namespace syncwatch::harness
