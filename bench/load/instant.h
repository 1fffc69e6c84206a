#pragma once
#include <cstdint>
#include <ctime>

namespace syncwatch::bench {

/// Nanoseconds of a clock; by default of the monotonic one.
inline std::int64_t now_ns(clockid_t clock = CLOCK_MONOTONIC) {
    timespec time{};
    ::clock_gettime(clock, &time);
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

}  // namespace syncwatch::bench
