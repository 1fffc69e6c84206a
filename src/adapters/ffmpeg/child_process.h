#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "adapters/ffmpeg/fences.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "ports/source_file.h"

namespace syncwatch::ffmpeg {

/// A fenced-in program, owned: it is killed and reaped with the object, and the kernel kills it
/// when the thread that started it ends, so it outlives the server in no way. It has no standard
/// input, no descriptors but its pipes, an environment of four lines, and a process group of its
/// own. All calls on one thread.
class ChildProcess {
public:
    struct Spec {
        std::filesystem::path program;  ///< Absolute.
        std::vector<std::string> args;  ///< Without the program's own name.
        std::filesystem::path folder;   ///< Where it runs.
        /// Pipes beside stdout and stderr that it writes to, as descriptors 3, 4, …
        int pipes = 0;
        Fences fences;
        /// A file that it reads and that is not all there: its reads wait for whoever takes
        /// take_reads(). nullptr: there is none.
        std::shared_ptr<PartialFile> reads = nullptr;
    };
    struct End {
        int code = -1;   ///< Exit code, when it ended by itself.
        int signal = 0;  ///< What killed it, or 0.
        std::chrono::microseconds cpu_time{};
        std::int64_t peak_memory = 0;  ///< Bytes.

        bool is_good() const { return signal == 0 && code == 0; }
        std::string text() const;
    };

    /// Errors: Unavailable (component "transcoder"): the program cannot be run.
    static Result<ChildProcess> start(const Spec& spec);
    ChildProcess(ChildProcess&& other) noexcept;
    ChildProcess& operator=(ChildProcess&&) = delete;
    ~ChildProcess();

    /// The reading ends, non-blocking; each can be taken once.
    UniqueFd take_stdout() { return std::move(stdout_); }
    UniqueFd take_stderr() { return std::move(stderr_); }
    UniqueFd take_pipe(int index) { return std::move(pipes_[static_cast<std::size_t>(index)]); }

    /// Tells its reads (ReadNotices); empty: Spec::reads was.
    UniqueFd take_reads() { return std::move(reads_); }

    pid_t pid() const { return pid_; }
    /// At once, with all that it started.
    void kill();
    /// How it ended, if it has. Never waits.
    std::optional<End> try_reap();
    /// Bytes of memory it holds now; 0 when it is gone.
    std::int64_t resident_memory() const;

private:
    explicit ChildProcess(pid_t pid) : pid_(pid) {}

    pid_t pid_ = -1;  ///< -1: reaped, or moved away.
    UniqueFd stdout_;
    UniqueFd stderr_;
    std::vector<UniqueFd> pipes_;
    UniqueFd reads_;
};

}  // namespace syncwatch::ffmpeg
