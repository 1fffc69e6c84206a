#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "base/async/async.h"
#include "base/unique_fd.h"

namespace syncwatch::redis {

/// Where a program is, in PATH or the system's folders. Errors: NotFound (the message names
/// Debian's package).
Result<std::filesystem::path> find_program(const std::string& name, const std::string& package);

/// Gives a file or folder to whom unprivileged children run as; nothing when we are not root.
/// Errors: Unavailable.
Result<> give_to_children(const std::filesystem::path& path);

/// One of Redis' programs beside us. It is killed, with all that it started, and reaped with the
/// object; the kernel kills it when the thread that started it ends.
class Child {
public:
    struct Spec {
        std::filesystem::path program;
        std::vector<std::string> args = {};
        /// To run in; it may lie where the child could not go by itself.
        std::filesystem::path folder = "/";
        std::string input = {};
        /// As "nobody" when we are root. What reads a file that only root can read cannot.
        bool unprivileged = false;
        std::uint64_t max_file_bytes = std::uint64_t{16} << 20;  ///< That it writes, and says.
    };

    /// Errors: Unavailable.
    static Result<Child> start(const Spec& spec);
    Child(Child&& other) noexcept;
    Child& operator=(Child&&) = delete;
    ~Child();

    /// The status of waitpid(2) once it has ended. Never waits.
    std::optional<int> try_reap();
    /// What it printed so far, on both streams; at most so much of the end.
    std::string said(std::size_t most = std::size_t{1} << 20) const;
    /// Waits for its end; kills it at the deadline. Errors: Timeout, Cancelled.
    Async<int> end_within(std::chrono::milliseconds patience);

private:
    Child(pid_t pid, UniqueFd output) : pid_(pid), output_(std::move(output)) {}
    void kill();

    pid_t pid_ = -1;   ///< -1: reaped, or moved away.
    UniqueFd output_;  ///< A file in memory.
};

}  // namespace syncwatch::redis
