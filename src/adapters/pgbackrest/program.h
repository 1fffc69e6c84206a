#pragma once
#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "base/async/async.h"
#include "base/unique_fd.h"

namespace syncwatch::pgbackrest {

/// Who a program runs as: PostgreSQL and its backups belong to one user, who is never root.
struct Identity {
    uid_t user = 0;
    gid_t group = 0;
};

/// A program to run: never through a shell, in a process group of its own, with no descriptors but
/// its pipes and no input.
struct ProgramSpec {
    std::string program;            ///< By path, or by name as PATH has it.
    std::vector<std::string> args;  ///< Without the program's own name; no secret is among them.
    std::filesystem::path folder = "/";
    std::map<std::string, std::string> environment = {};  ///< Beside ours.
    std::optional<Identity> run_as = {};                  ///< nullopt: as we are.
};

/// A program that runs, owned: killed with its group and reaped with the object, and by the kernel
/// when the thread that started it ends.
class Program {
public:
    /// Errors: Unavailable (component "backup"; reason "not_installed": there is no such program).
    static Result<Program> start(const ProgramSpec& spec);
    Program(Program&& other) noexcept;
    Program& operator=(Program&&) = delete;
    ~Program();

    UniqueFd take_stdout() { return std::move(stdout_); }
    UniqueFd take_stderr() { return std::move(stderr_); }
    void signal(int number) const;
    /// At once, with all that it started.
    void kill() const;
    /// Its exit code, or 128 and the signal that ended it, if it has ended. Never waits.
    std::optional<int> try_reap();

private:
    explicit Program(pid_t pid) : pid_(pid) {}

    pid_t pid_ = -1;  ///< -1: reaped, or moved away.
    UniqueFd stdout_;
    UniqueFd stderr_;
};

/// Sends it a signal and waits until it is gone, killing it if it is not within `patience`. For
/// callers that have turned throw_if_cancelled off, or are content with its destructor.
Async<int> end_program(Program& program, int signal, std::chrono::milliseconds patience);

/// What a program that ran to its end said.
struct ProgramRan {
    int code = 0;        ///< Its exit code, or 128 and the signal that ended it.
    std::string out;     ///< All of it.
    std::string errors;  ///< The end of what it said on stderr.
};
struct ProgramLimits {
    std::chrono::milliseconds deadline{60'000};
    std::size_t max_output = std::size_t{256} << 20;
};
/// Hears of each line on stderr as it comes.
using HearLine = std::function<void(std::string_view line)>;

/// Runs it to its end. At the deadline, and when the call is cancelled, it is asked to end and
/// killed soon after. Errors: Timeout, TooLarge, Cancelled, as start().
Async<ProgramRan> run_program(ProgramSpec spec, ProgramLimits limits, HearLine hear = {});

}  // namespace syncwatch::pgbackrest
