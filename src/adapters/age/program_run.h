#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"

// Blocking: for threads of a pool.
namespace syncwatch::age {

/// A file in memory alone, without a name: what is secret touches no disk. Errors: Unavailable.
Result<UniqueFd> memory_file(std::string_view bytes);
/// All of a file. Errors: Unavailable, TooLarge.
Result<std::string> read_whole(int fd, std::uint64_t most);

/// A program that reads one file and writes one file.
struct ProgramRun {
    std::vector<std::string> command;  ///< The program, looked for in $PATH, then its arguments.
    int input = -1;                    ///< Its standard input, read from where it stands.
    int output = -1;                   ///< Its standard output.
    std::uint64_t most_output = 0;     ///< It cannot write more bytes than this into any file.
    std::chrono::milliseconds deadline{30'000};
};
struct ProgramEnd {
    int code = -1;       ///< Exit code, if it ended by itself.
    std::string errors;  ///< The beginning of what it said on stderr.
};

/// Runs it to its end, in a session of its own, with an environment of three lines; killed at the
/// deadline, with all that it started, and reaped. Errors: NotFound (there is no such program),
/// Timeout, Unavailable (it cannot be run, or something killed it).
Result<ProgramEnd> run_program(const ProgramRun& run);

}  // namespace syncwatch::age
