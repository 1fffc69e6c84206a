#pragma once
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "base/encoding.h"
#include "base/result.h"

/// Members of an object that has to have them. Errors: Corrupt, naming the member.
namespace syncwatch::recovery::fields {

inline tl::unexpected<Error> missing(std::string_view name) {
    return fail(ErrorCode::Corrupt, "\"" + std::string(name) + "\" is missing or wrong");
}

template <class Number = std::uint64_t>
Result<Number> number(const boost::json::object& from, std::string_view name) {
    const auto* value = from.if_contains(name);
    const auto* whole = value == nullptr ? nullptr : value->if_int64();
    if (whole == nullptr || *whole < 0) return missing(name);
    const auto found = static_cast<std::uint64_t>(*whole);
    if (found > static_cast<std::uint64_t>(std::numeric_limits<Number>::max())) {
        return missing(name);
    }
    return static_cast<Number>(found);
}

inline Result<std::string> text(const boost::json::object& from, std::string_view name) {
    const auto* value = from.if_contains(name);
    const auto* found = value == nullptr ? nullptr : value->if_string();
    if (found == nullptr) return missing(name);
    return std::string(found->c_str(), found->size());
}

/// Sixteen hexadecimal digits: JSON's numbers do not hold 64 bits everywhere.
inline Result<std::uint64_t> bits(const boost::json::object& from, std::string_view name) {
    SW_TRY(const std::string digits, text(from, name));
    const auto bytes = decode_hex(digits);
    if (!bytes || bytes->size() != 8) return missing(name);
    std::uint64_t value = 0;
    for (const std::uint8_t byte : *bytes) value = value << 8 | byte;
    return value;
}

}  // namespace syncwatch::recovery::fields
