#pragma once
#include <chrono>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "base/uuid.h"
#include "domain/playback/stamp.h"
#include "domain/room/member.h"

/// What PeerNews is made of, as JSON.
namespace syncwatch::peer_json {

namespace json = boost::json;
using std::chrono::microseconds;

// How each type stands in JSON: ids, stamps and words as text, times as whole µs.
inline json::value written(bool value) {
    return value;
}
inline json::value written(double value) {
    return value;
}
inline json::value written(std::int64_t value) {
    return value;
}
inline json::value written(const std::string& value) {
    return json::string(value);
}
inline json::value written(WallTime value) {
    return to_micros(value);
}
inline json::value written(microseconds value) {
    return value.count();
}
inline json::value written(const Stamp& value) {
    return json::string(value.text());
}
inline json::value written(MemberState value) {
    return json::string(text(value));
}
template <class Tag>
json::value written(const Id<Tag>& value) {
    return json::string(value.text());
}
template <class Value>
void put(json::object& out, std::string_view name, const Value& value) {
    out[name] = written(value);
}
template <class Value>
void put(json::object& out, std::string_view name, const std::optional<Value>& value) {
    if (value) out[name] = written(*value);
}

// Reading throws, as Boost.JSON does: parse_peer_news() is where it ends.
struct Damaged : std::exception {};

template <class Value>
Value checked(const Result<Value>& value) {
    if (!value) throw Damaged();
    return *value;
}
inline std::string_view letters(const json::value& value) {
    const json::string& found = value.as_string();
    return {found.data(), found.size()};
}
inline void read(const json::value& from, bool& to) {
    to = from.as_bool();
}
inline void read(const json::value& from, double& to) {
    to = from.to_number<double>();
}
inline void read(const json::value& from, std::int64_t& to) {
    to = from.to_number<std::int64_t>();
}
inline void read(const json::value& from, std::string& to) {
    to = letters(from);
}
inline void read(const json::value& from, WallTime& to) {
    to = from_micros(from.to_number<std::int64_t>());
}
inline void read(const json::value& from, microseconds& to) {
    to = microseconds(from.to_number<std::int64_t>());
}
inline void read(const json::value& from, Stamp& to) {
    to = checked(Stamp::parse(letters(from)));
}
inline void read(const json::value& from, MemberState& to) {
    to = parse_member_state(letters(from)).value_or(MemberState::Paused);
}
template <class Tag>
void read(const json::value& from, Id<Tag>& to) {
    to = checked(Id<Tag>::parse(letters(from)));
}
template <class Value>
void take(const json::object& from, std::string_view name, Value& to) {
    read(from.at(name), to);
}
template <class Value>
void take(const json::object& from, std::string_view name, std::optional<Value>& to) {
    if (const json::value* found = from.if_contains(name)) read(*found, to.emplace());
}

template <class Value>
json::array list_of(const std::vector<Value>& values, json::object (*write)(const Value&)) {
    json::array out;
    out.reserve(values.size());
    for (const Value& each : values) out.emplace_back(write(each));
    return out;
}
template <class Tag>
json::array ids_of(const std::vector<Id<Tag>>& ids) {
    json::array out;
    for (const auto& each : ids) out.emplace_back(written(each));
    return out;
}
template <class Tag>
std::vector<Id<Tag>> read_ids(const json::value& from) {
    std::vector<Id<Tag>> out;
    for (const json::value& each : from.as_array()) read(each, out.emplace_back());
    return out;
}

}  // namespace syncwatch::peer_json
