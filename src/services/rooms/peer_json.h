#pragma once
#include <concepts>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "base/json_text.h"
#include "services/rooms/peer_values.h"

/// What nodes tell one another of rooms, as JSON. Each shape is described once, for both ways:
/// `parts(way, shape)` names its parts to a Writer or to a Reader.
namespace syncwatch::peer_json {

/// A shape on its way out (const) or in.
template <class Shape, class Of>
concept A = std::same_as<std::remove_const_t<Shape>, Of>;

class Writer;
template <class Shape>
concept Described = requires(Writer& way, const Shape& shape) {
    parts(way, shape);
};

template <Described Shape>
void write(JsonText& out, const Shape& shape);
template <class Each>
void write(JsonText& out, const std::vector<Each>& values) {
    out.open_array();
    for (const Each& each : values) write(out, each);
    out.close_array();
}
template <Described Shape>
void read(const json::value& from, Shape& to);
template <class Each>
void read(const json::value& from, std::vector<Each>& to) {
    for (const json::value& each : from.as_array()) read(each, to.emplace_back());
}

inline bool is_any(const Stamp& stamp) {
    return stamp != Stamp();
}
template <class Each>
bool is_any(const std::vector<Each>& values) {
    return !values.empty();
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
