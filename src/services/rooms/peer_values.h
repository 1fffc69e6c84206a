#pragma once
#include <chrono>
#include <concepts>
#include <cstdint>
#include <exception>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <boost/json/value.hpp>

#include "base/json_text.h"
#include "base/uuid.h"
#include "domain/media/video_status.h"
#include "domain/playback/stamp.h"
#include "domain/room/member.h"

/// How single values stand in what nodes tell one another, as JSON: ids, codes, stamps and words as
/// text, times as whole µs. What is made of them: peer_json.h.
namespace syncwatch::peer_json {

namespace json = boost::json;
using std::chrono::microseconds;

template <class Value>
requires requires(JsonText& out, const Value& value) {
    out.value(value);
}
void write(JsonText& out, const Value& value) {
    out.value(value);
}
inline void write(JsonText& out, std::uint64_t value) {
    out.value(static_cast<std::int64_t>(value));
}
inline void write(JsonText& out, WallTime value) {
    out.value(to_micros(value));
}
inline void write(JsonText& out, microseconds value) {
    out.value(std::int64_t{value.count()});
}
inline void write(JsonText& out, const Stamp& value) {
    out.value(value.text());
}
inline void write(JsonText& out, const RoomCode& value) {
    out.value(value.compact());
}
/// Whether they are a guest.
inline void write(JsonText& out, UserKind value) {
    out.value(value == UserKind::Guest);
}
/// A role, a state: by its word.
template <class Word>
requires requires(Word value) {
    { text(value) } -> std::same_as<std::string_view>;
}
void write(JsonText& out, Word value) {
    out.value(text(value));
}

/// Reading throws it, as Boost.JSON throws its own: whoever parses a text is where it ends.
struct Damaged : std::exception {};

/// What a Result or an optional holds.
template <class Maybe>
auto checked(Maybe maybe) {
    if (!maybe) throw Damaged();
    return *std::move(maybe);
}
inline std::string_view letters(const json::value& value) {
    const json::string& found = value.as_string();
    return {found.data(), found.size()};
}
inline void read(const json::value& from, bool& to) {
    to = from.as_bool();
}
template <class Number>
requires std::is_arithmetic_v<Number>
void read(const json::value& from, Number& to) {
    to = from.to_number<Number>();
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
inline void read(const json::value& from, RoomCode& to) {
    to = checked(RoomCode::parse(letters(from)));
}
template <class Tag>
void read(const json::value& from, Id<Tag>& to) {
    to = checked(Id<Tag>::parse(letters(from)));
}
inline void read(const json::value& from, UserKind& to) {
    to = from.as_bool() ? UserKind::Guest : UserKind::User;
}
inline void read(const json::value& from, MemberState& to) {
    to = parse_member_state(letters(from)).value_or(MemberState::Paused);
}
// Of the others, a word that is not known is damage: who may do what is not guessed.
inline void read(const json::value& from, Control& to) {
    to = checked(parse_control(letters(from)));
}
inline void read(const json::value& from, Visibility& to) {
    to = checked(parse_visibility(letters(from)));
}
inline void read(const json::value& from, Hold& to) {
    to = checked(parse_hold(letters(from)));
}
inline void read(const json::value& from, Role& to) {
    to = checked(parse_role(letters(from)));
}
inline void read(const json::value& from, VideoStatus& to) {
    to = checked(parse_video_status(letters(from)));
}

}  // namespace syncwatch::peer_json
