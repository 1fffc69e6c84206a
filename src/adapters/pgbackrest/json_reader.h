#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

namespace syncwatch::pgbackrest {

/// Parts of a JSON document that a program wrote; what is not there is null, "" or 0.
inline const boost::json::value& part(const boost::json::value& of, std::string_view name) {
    static const boost::json::value kNothing;
    const auto* const object = of.if_object();
    const auto* const found = object == nullptr ? nullptr : object->if_contains(name);
    return found == nullptr ? kNothing : *found;
}
inline std::string text_of(const boost::json::value& value) {
    const auto* const text = value.if_string();
    return text == nullptr ? std::string() : std::string(*text);
}
inline std::uint64_t number_of(const boost::json::value& value) {
    if (const auto* const number = value.if_uint64()) return *number;
    const auto* const number = value.if_int64();
    return number == nullptr || *number < 0 ? 0 : static_cast<std::uint64_t>(*number);
}

}  // namespace syncwatch::pgbackrest
