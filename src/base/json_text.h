#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/uuid.h"

namespace syncwatch {

/// 2^53: as far as a double counts one by one.
inline constexpr double kExactIntegers = 9007199254740992.0;

/// Writes JSON from front to back: a frame is written once for a whole room, but often, and a tree
/// of values in between would cost more than everything else about it. Whoever uses it opens and
/// closes in pairs; commas come by themselves.
class JsonText {
public:
    explicit JsonText(std::size_t expected_bytes) { text_.reserve(expected_bytes); }

    void open_object() { open('{'); }
    void close_object() { close('}'); }
    void open_array() { open('['); }
    void close_array() { close(']'); }
    /// A name of an object's member; its value comes next. Plain letters, as ours are.
    void name(std::string_view name);

    /// Text must be UTF-8.
    void value(std::string_view text);
    void value(const char* text) { value(std::string_view(text)); }
    void value(const std::string& text) { value(std::string_view(text)); }
    void value(bool flag);
    void value(std::int64_t number);
    void value(std::size_t number) { value(static_cast<std::int64_t>(number)); }
    void value(int number) { value(std::int64_t{number}); }
    /// A whole number is written as one: 12, not 12.0. What is no number is null.
    void value(double number);
    void value(std::nullptr_t);
    void value(const Uuid& id);
    template <class Tag>
    void value(const Id<Tag>& id) {
        value(id.uuid);
    }
    template <class T>
    void value(const std::optional<T>& maybe) {
        if (maybe) {
            value(*maybe);
        } else {
            value(nullptr);
        }
    }
    /// JSON that somebody else wrote.
    void json(std::string_view text);

    template <class T>
    void set(std::string_view key, const T& content) {
        name(key);
        value(content);
    }

    std::string take() { return std::move(text_); }

private:
    void open(char bracket);
    void close(char bracket);
    void separate();

    std::string text_;
    bool behind_value_ = false;  ///< The next value needs a comma first.
};

}  // namespace syncwatch
