#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "adapters/ffmpeg/fences.h"
#include "adapters/program/child.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "ports/source_file.h"

namespace syncwatch::ffmpeg {

/// A program that works on files of strangers: as any that we run (adapters/program), and behind
/// fences of its own, with an environment of four lines.
struct FencedSpec {
    std::filesystem::path program;  ///< Absolute.
    std::vector<std::string> args;  ///< Without the program's own name.
    std::filesystem::path folder;   ///< Where it runs.
    /// Pipes beside stdout and stderr that it writes to, as descriptors 3, 4, …
    int pipes = 0;
    Fences fences;
    /// A file that it reads and that is not all there: its reads wait for whoever takes
    /// FencedChild::reads. nullptr: there is none.
    std::shared_ptr<PartialFile> reads = nullptr;
};

struct FencedChild {
    program::Child child;
    UniqueFd reads;  ///< Tells its reads (ReadNotices); empty: FencedSpec::reads was.
};

/// Errors: Unavailable (component "transcoder"): the program cannot be run.
Result<FencedChild> start_fenced(const FencedSpec& spec);

}  // namespace syncwatch::ffmpeg
