#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <vector>

#include "base/unique_fd.h"

namespace syncwatch::ffmpeg {

/// What a child process may not pass. It works on files that strangers made to break it.
struct Fences {
    std::int64_t max_address_space = std::int64_t{12} << 30;
    std::chrono::seconds max_cpu_time{0};  ///< 0: no limit.
    int max_open_files = 128;
    int niceness = 5;  ///< Rooms come first.
    /// Files, and folders with all that is in them, that it may read beside the system's own. It
    /// may write nothing but the pipes it was given.
    std::vector<std::filesystem::path> readable;
};

/// Prepared in the parent, so that the child has only to enter: between fork and exec nothing may
/// allocate.
///
/// Two of them depend on the kernel. Landlock (Linux 5.13) closes the file system but for
/// `readable` and the system's folders; seccomp refuses sockets, so that nothing is ever fetched.
/// Where one is missing, the others hold, and the caller's own guards: input by local path with
/// protocols and formats listed.
class FencesReady {
public:
    FencesReady(const Fences& fences, const std::filesystem::path& program);

    /// The descriptor of Landlock's rules; -1: not supported.
    int rules() const { return rules_.get(); }
    /// In the child, after fork; `rules` is what they are there. False: a fence that every kernel
    /// has could not be put up.
    bool enter(int rules) const;

private:
    Fences fences_;
    UniqueFd rules_;
};

}  // namespace syncwatch::ffmpeg
