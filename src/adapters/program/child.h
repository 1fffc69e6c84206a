#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "base/result.h"
#include "base/unique_fd.h"

/// Other programs, run beside us: never through a shell, in a session of their own without a
/// terminal, with no descriptor, no variable and no new privilege that was not meant for them, and
/// without a core, as what is secret may be in their memory.
namespace syncwatch::program {

/// Who a program runs as.
struct Identity {
    uid_t user = 0;
    gid_t group = 0;
};

struct Spec {
    std::string program;            ///< By path, or by name as $PATH has it.
    std::vector<std::string> args;  ///< Without the program's own name; no secret is among them.
    std::filesystem::path folder = "/";    ///< Where it runs; it may lie where `run_as` may not go.
    std::vector<std::string> environment;  ///< "NAME=value": all that it has.
    std::optional<Identity> run_as = {};   ///< nullopt: as we are.
    std::string_view component = "backup";  ///< For errors; a literal.

    /// Descriptors of the caller, used as they stand. -1: for input nothing, else a pipe that
    /// take_stdout() and take_stderr() give.
    int input = -1;
    int output = -1;
    int errors = -1;
    /// Pipes beside these that it writes to, as descriptors 3, 4, …
    int pipes = 0;
    std::size_t pipe_bytes = 0;  ///< What waits in each pipe; 0: as the system has it.

    /// No file grows beyond it by the program's hand: a write fails. nullopt: no limit.
    std::optional<std::uint64_t> max_file_bytes = {};
    /// Called in the child before the program begins, after all else: only what is safe between
    /// fork and exec (signal-safety(7)). `kept` are the descriptors Spec::kept, by the child's
    /// numbers; the program does not have them. False: errno says why not.
    std::function<bool(const int* kept)> last_step = {};
    std::vector<int> kept = {};
};

/// How a program ended.
struct End {
    int code = -1;   ///< Its exit code, or 128 and the signal that ended it.
    int signal = 0;  ///< What killed it, or 0.
    std::chrono::microseconds cpu_time{};
    std::int64_t peak_memory = 0;  ///< Bytes.

    bool is_good() const { return signal == 0 && code == 0; }
    std::string text() const;
};

/// A program that runs, owned: it is killed with all that it started and reaped with the object,
/// and the kernel kills it when the thread that started it ends, so it outlives the server in no
/// way. All calls on one thread.
class Child {
public:
    /// Returns once the program itself has begun. Errors: Unavailable (`component`; reason
    /// "not_installed": there is no such program).
    static Result<Child> start(const Spec& spec);
    Child(Child&& other) noexcept;
    Child& operator=(Child&&) = delete;
    ~Child();

    /// The reading ends; each can be taken once.
    UniqueFd take_stdout() { return std::move(stdout_); }
    UniqueFd take_stderr() { return std::move(stderr_); }
    UniqueFd take_pipe(std::size_t index) { return std::move(pipes_[index]); }
    std::size_t pipes() const { return pipes_.size(); }

    pid_t pid() const { return pid_; }
    void signal(int number) const;
    /// At once, with all that it started.
    void kill() const;
    /// How it ended, if it has. Never waits.
    std::optional<End> try_reap();
    /// Bytes of memory it holds now; 0 when it is gone.
    std::int64_t resident_memory() const;

private:
    explicit Child(pid_t pid) : pid_(pid) {}

    pid_t pid_ = -1;  ///< -1: reaped, or moved away.
    UniqueFd stdout_;
    UniqueFd stderr_;
    std::vector<UniqueFd> pipes_;
};

}  // namespace syncwatch::program
