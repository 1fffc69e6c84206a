#pragma once
#include <cstdint>

#include <linux/audit.h>

namespace syncwatch::ffmpeg {

/// Whose numbers of system calls a seccomp filter of ours knows; 0: none, there is no filter.
#if defined(__x86_64__)
inline constexpr std::uint32_t kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
inline constexpr std::uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
#else
inline constexpr std::uint32_t kArchitecture = 0;
#endif

}  // namespace syncwatch::ffmpeg
