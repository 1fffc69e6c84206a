#pragma once
#include <cstdint>
#include <vector>

#include <sys/types.h>

namespace syncwatch::bench {

/// What the threads of these processes have used of CPUs, in ns (schedstat: exact, not sampled).
/// Threads that have ended are not in it.
std::int64_t cpu_ns(const std::vector<pid_t>& processes);

/// Resident memory of these processes, KiB.
std::int64_t resident_kib(const std::vector<pid_t>& processes);

/// Memory that the kernel's TCP holds for the whole machine, KiB: what hides in socket buffers.
std::int64_t tcp_kib();

}  // namespace syncwatch::bench
