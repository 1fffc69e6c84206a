#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "harness/client_stream.h"
#include "harness/temp_folder.h"

namespace syncwatch::harness {

/// What a command that ran to its end said.
struct Ran {
    int exit = -1;
    std::string out;
    std::string err;
};

/// A child process with its output in files. Killed and reaped when destroyed.
class Process {
public:
    struct Options {
        std::vector<std::string> command;
        std::map<std::string, std::string> environment;  ///< Beside the test's own.
        std::string input;
        std::optional<uid_t> user;  ///< To become before running it; needs root.
    };

    explicit Process(const Options& options);
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    pid_t pid() const { return pid_; }
    void signal(int number) const;
    /// The exit code (128 + signal where one killed it), or nullopt when it still runs then.
    std::optional<int> wait(std::chrono::milliseconds patience = std::chrono::seconds(20));
    /// Waits for it; the exit code is -1 where it still runs then.
    Ran ran(std::chrono::milliseconds patience);
    bool running() { return !wait(std::chrono::milliseconds(0)); }
    std::string out() const;
    std::string err() const;
    /// Waits until `text` stands in what it wrote to stdout. False: it did not, or ended before.
    bool wait_for_out(std::string_view text, std::chrono::milliseconds patience);

private:
    TempFolder folder_;
    pid_t pid_ = -1;
    std::optional<int> ended_;
};

/// For servers that do not run as root: somebody else, where we are root.
std::optional<uid_t> unprivileged();

/// The built `syncwatch`.
std::string program();

/// Runs the built `syncwatch` with these arguments to its end.
Ran run_syncwatch(std::vector<std::string> arguments, std::string input = {},
                  std::map<std::string, std::string> environment = {});

/// A running `syncwatch serve`, or worker, on a free port of loopback.
class Server {
public:
    struct Options {
        std::string command = "serve";
        std::vector<std::string> arguments;
        std::map<std::string, std::string> environment;
        std::optional<uid_t> user;
        bool tls = false;
        std::string authority_file;
        std::string announced = "127.0.0.1";  ///< The address it says it is at.
    };

    /// Returns when it answers; throws std::runtime_error with what it wrote when it does not.
    explicit Server(std::filesystem::path data) : Server(std::move(data), Options()) {}
    Server(std::filesystem::path data, Options options);

    std::uint16_t port() const { return port_; }
    Process& process() { return *process_; }
    ClientStream::Options to() const;
    /// SIGTERM, then the exit code.
    std::optional<int> stop();
    /// kill -9.
    void kill();

private:
    Options options_;
    std::unique_ptr<Process> process_;
    std::uint16_t port_ = 0;
};

}  // namespace syncwatch::harness
