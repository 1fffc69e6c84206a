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
#include "domain/playback/playback.h"
#include "ports/chat_store.h"

/// What RoomCopy is made of, as JSON.
namespace syncwatch::copy_json {

namespace json = boost::json;

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
inline json::value written(const Stamp& value) {
    return json::string(value.text());
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

// Reading throws, as Boost.JSON does: parse_room_copy() is where it ends.
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
inline void read(const json::value& from, Stamp& to) {
    to = checked(Stamp::parse(letters(from)));
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

inline void put_playback(json::object& out, const Playback& playback) {
    put(out, "item", playback.item);
    put(out, "video", playback.video);
    put(out, "paused", playback.paused);
    put(out, "rate", playback.rate);
    put(out, "position", playback.position);
    put(out, "at", playback.at);
    put(out, "stamp", playback.stamp);
    put(out, "by", playback.by);
}

inline Playback read_playback(const json::object& from) {
    Playback playback;
    take(from, "item", playback.item);
    take(from, "video", playback.video);
    take(from, "paused", playback.paused);
    take(from, "rate", playback.rate);
    take(from, "position", playback.position);
    take(from, "at", playback.at);
    take(from, "stamp", playback.stamp);
    take(from, "by", playback.by);
    return playback;
}

inline json::object message_object(const ChatMessage& message) {
    json::object out;
    put(out, "id", message.id);
    put(out, "by", message.by);
    put(out, "name", message.name);
    put(out, "text", message.text);
    put(out, "reply_to", message.reply_to);
    put(out, "position", message.position);
    put(out, "sent_at", message.sent_at);
    return out;
}

inline ChatMessage read_message(const json::object& from) {
    ChatMessage message;
    take(from, "id", message.id);
    take(from, "by", message.by);
    take(from, "name", message.name);
    take(from, "text", message.text);
    take(from, "reply_to", message.reply_to);
    take(from, "position", message.position);
    take(from, "sent_at", message.sent_at);
    return message;
}

inline json::object draft_object(const ChatDraft& draft) {
    json::object out = message_object(draft.message);
    put(out, "request", draft.request);
    put(out, "may_repeat", draft.may_repeat);
    put(out, "repeats_since", draft.repeats_since);
    return out;
}

inline ChatDraft read_draft(const json::object& from) {
    ChatDraft draft;
    draft.message = read_message(from);
    take(from, "request", draft.request);
    take(from, "may_repeat", draft.may_repeat);
    take(from, "repeats_since", draft.repeats_since);
    return draft;
}

}  // namespace syncwatch::copy_json
