#pragma once
#include <stdexcept>
#include <type_traits>
#include <utility>

#include "base/result.h"

namespace syncwatch {

/// What a test can do nothing without: throws std::runtime_error with what went wrong.
template <class T>
T must(Result<T> result) {
    if (!result) throw std::runtime_error(result.error().message);
    if constexpr (!std::is_void_v<T>) return *std::move(result);
}

}  // namespace syncwatch
