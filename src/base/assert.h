#pragma once

namespace syncwatch {

/// Prints what was expected and where, then aborts.
[[noreturn]] void assertion_failed(const char* expression, const char* file, int line) noexcept;

}  // namespace syncwatch

/// For programmer errors only, never for input. Kept in release builds: a program that is wrong
/// about itself must stop before it writes.
#define SW_ASSERT(expression) \
    ((expression) ? void() : ::syncwatch::assertion_failed(#expression, __FILE__, __LINE__))
