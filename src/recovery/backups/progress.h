#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace syncwatch::recovery {

/// How far a backup, or a look at one, has come.
struct Progress {
    std::string doing;        ///< "copying", "checking".
    std::uint64_t done = 0;   ///< Bytes.
    std::uint64_t whole = 0;  ///< 0: nobody knows.
};
/// Called from any thread, now and then.
using TellProgress = std::function<void(const Progress&)>;

/// What is left of it when it took so long to come so far, as long as it goes on like that.
/// nullopt: that would be a guess, as it has hardly begun, or nobody knows how much it is.
std::optional<std::chrono::seconds> time_left(const Progress& progress,
                                              std::chrono::milliseconds elapsed);

}  // namespace syncwatch::recovery
