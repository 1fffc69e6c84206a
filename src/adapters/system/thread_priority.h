#pragma once

namespace syncwatch {

/// The calling thread takes only the time that others leave (nice 19, which Linux has for each
/// thread; setpriority(2)): what has time must not be in the way of those who wait. Where the
/// system does not let it, it goes on as it was.
void step_back();

}  // namespace syncwatch
