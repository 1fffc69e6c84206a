#pragma once
#include <cstdint>

namespace syncwatch {

// What a fragment says of its frames (ISO/IEC 14496-12, 8.8.3.1): whether others are needed first.
inline constexpr std::uint32_t kSync = 0x0200'0000;
inline constexpr std::uint32_t kOther = 0x0101'0000;

}  // namespace syncwatch
