#pragma once
#include <memory>
#include <optional>

#include "base/async/async.h"
#include "base/unique_fd.h"
#include "ports/source_file.h"

namespace syncwatch::ffmpeg {

/// Lets a child read a file that is not all there: whatever it reads of it is brought first. Serves
/// until nobody is left who reads, the call is cancelled, or bytes cannot be brought: then the
/// child's read fails, and the error is given. `listener`: of ReadNotices.
Async<> feed_reads(UniqueFd listener, std::shared_ptr<PartialFile> file);

}  // namespace syncwatch::ffmpeg
