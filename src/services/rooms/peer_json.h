#pragma once
#include <chrono>
#include <concepts>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "base/json_text.h"
#include "base/uuid.h"
#include "domain/playback/stamp.h"
#include "domain/room/member.h"

/// What PeerNews is made of, as JSON. Each shape is described once, for both ways: `parts(way,
/// shape)` names its parts to a Writer or to a Reader.
namespace syncwatch::peer_json {

namespace json = boost::json;
using std::chrono::microseconds;

/// A shape on its way out (const) or in.
template <class Shape, class Of>
concept A = std::same_as<std::remove_const_t<Shape>, Of>;

class Writer;
template <class Shape>
concept Described = requires(Writer& way, const Shape& shape) {
    parts(way, shape);
};

// How each type stands in JSON: ids, stamps and words as text, times as whole µs.
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
inline void write(JsonText& out, MemberState value) {
    out.value(text(value));
}
/// Whether they are a guest.
inline void write(JsonText& out, UserKind value) {
    out.value(value == UserKind::Guest);
}
template <Described Shape>
void write(JsonText& out, const Shape& shape);
template <class Each>
void write(JsonText& out, const std::vector<Each>& values) {
    out.open_array();
    for (const Each& each : values) write(out, each);
    out.close_array();
}

inline bool is_any(const Stamp& stamp) {
    return stamp != Stamp();
}
template <class Each>
bool is_any(const std::vector<Each>& values) {
    return !values.empty();
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
inline void read(const json::value& from, MemberState& to) {
    to = parse_member_state(letters(from)).value_or(MemberState::Paused);
}
inline void read(const json::value& from, UserKind& to) {
    to = from.as_bool() ? UserKind::Guest : UserKind::User;
}
template <class Tag>
void read(const json::value& from, Id<Tag>& to) {
    to = checked(Id<Tag>::parse(letters(from)));
}
template <Described Shape>
void read(const json::value& from, Shape& to);
template <class Each>
void read(const json::value& from, std::vector<Each>& to) {
    for (const json::value& each : from.as_array()) read(each, to.emplace_back());
}

class Writer {
public:
    explicit Writer(JsonText& out) : out_(out) {}

    template <class Value>
    void operator()(std::string_view name, const Value& value) {
        out_.name(name);
        write(out_, value);
    }
    /// May be absent.
    template <class Value>
    void operator()(std::string_view name, const std::optional<Value>& value) {
        if (value) (*this)(name, *value);
    }
    /// Absent while it is empty.
    template <class Value>
    void if_any(std::string_view name, const Value& value) {
        if (is_any(value)) (*this)(name, value);
    }

private:
    JsonText& out_;
};

class Reader {
public:
    explicit Reader(const json::object& from) : from_(from) {}

    template <class Value>
    void operator()(std::string_view name, Value& value) {
        read(from_.at(name), value);
    }
    template <class Value>
    void operator()(std::string_view name, std::optional<Value>& value) {
        Value part{};
        if (read_if_there(name, part)) value = std::move(part);
    }
    template <class Value>
    void if_any(std::string_view name, Value& value) {
        (void)read_if_there(name, value);
    }

private:
    template <class Value>
    bool read_if_there(std::string_view name, Value& value) {
        const json::value* found = from_.if_contains(name);
        if (found != nullptr) read(*found, value);
        return found != nullptr;
    }

    const json::object& from_;
};

template <Described Shape>
void write(JsonText& out, const Shape& shape) {
    out.open_object();
    Writer way(out);
    parts(way, shape);
    out.close_object();
}
template <Described Shape>
void read(const json::value& from, Shape& to) {
    Reader way(from.as_object());
    parts(way, to);
}

}  // namespace syncwatch::peer_json
