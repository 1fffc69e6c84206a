#pragma once
#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <sys/types.h>

#include "base/result.h"

namespace syncwatch::lab {

/// Whether a server ends with the thread that started it.
enum class Life : std::uint8_t { WithStarter, Own };

/// A program to run: never through a shell, in a session of its own, without root's rights.
struct Launch {
    std::vector<std::string> command;  ///< The program by name or path, then its arguments.
    std::filesystem::path folder;      ///< To run in.
    std::filesystem::path log;         ///< What it prints is added there.
    std::map<std::string, std::string> environment = {};  ///< Beside ours.
    Life life = Life::WithStarter;
};

/// Errors: Unavailable (it cannot be started).
Result<pid_t> start(const Launch& launch);

/// Runs a tool to its end. Errors: Unavailable (exit code and the end of what it said), Timeout.
Result<> run_tool(const Launch& launch, std::chrono::milliseconds patience);

/// Gives a folder and everything in it to whom our servers run as: root's servers run as "nobody".
Result<> hand_over(const std::filesystem::path& folder);

/// A server that lives as long as this object: killed and reaped with it.
class ServerProcess {
public:
    explicit ServerProcess(pid_t pid) : pid_(pid) {}
    ServerProcess(ServerProcess&& other) noexcept;
    ServerProcess& operator=(ServerProcess&& other) noexcept;
    ~ServerProcess();

    pid_t pid() const { return pid_; }
    bool alive() const;
    /// kill -9, and reaped when it returns.
    void kill();
    /// SIGSTOP, SIGCONT: a server that hangs. Its children too.
    void hang() const;
    void wake() const;
    /// Asks it to end; kills it when it does not within `patience`.
    void stop(int signal, std::chrono::milliseconds patience);

private:
    pid_t pid_ = -1;
};

}  // namespace syncwatch::lab
