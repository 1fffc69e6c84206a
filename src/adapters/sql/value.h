#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/time.h"
#include "base/uuid.h"

namespace syncwatch::sql {

/// Binary data as a parameter, where text would be taken as UTF-8.
struct Blob {
    std::string_view bytes;
};

struct Null {};

/// A parameter of a statement, as every engine takes it: ids and text as text, times as µs since
/// the epoch. Views live as long as the call that they are given to.
using Parameter =
    std::variant<Null, std::int64_t, double, bool, std::string_view, std::string, Blob>;

inline Parameter parameter(std::nullopt_t) {
    return Null{};
}
inline Parameter parameter(std::int64_t value) {
    return value;
}
inline Parameter parameter(int value) {
    return std::int64_t{value};
}
inline Parameter parameter(std::uint64_t value) {
    return static_cast<std::int64_t>(value);
}
inline Parameter parameter(bool value) {
    return value;
}
inline Parameter parameter(double value) {
    return value;
}
inline Parameter parameter(std::string_view value) {
    return value;
}
inline Parameter parameter(const std::string& value) {
    return std::string_view(value);
}
inline Parameter parameter(const char* value) {
    return std::string_view(value);
}
inline Parameter parameter(Blob value) {
    return value;
}
inline Parameter parameter(WallTime value) {
    return to_micros(value);
}
template <class Tag>
Parameter parameter(const Id<Tag>& value) {
    return value.text();
}
template <class T>
Parameter parameter(const std::optional<T>& value) {
    return value ? parameter(*value) : Parameter(Null{});
}

}  // namespace syncwatch::sql
