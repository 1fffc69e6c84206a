#pragma once
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace syncwatch::log {

enum class Level : std::uint8_t { Debug, Info, Warning, Error };

/// One fact beside an event: {"room", code}. Never a secret: no token, no password, no key.
struct Field {
    std::string_view key;
    std::string value;

    Field(std::string_view key_in, std::string value_in)
        : key(key_in), value(std::move(value_in)) {}
    template <class T>
    requires(!std::convertible_to<T, std::string>) Field(std::string_view key_in, const T& value_in)
        : key(key_in), value(fmt::format("{}", value_in)) {}
};

/// One line. Its parts are valid while it is written.
struct Line {
    Level level = Level::Info;
    std::string_view event;
    std::string_view request;  ///< Id of the request that led to it; empty: none did.
    std::span<const Field> fields;
};

/// Where lines go: a terminal for people, JSON for programs. One for the process, set at start.
class Sink {
public:
    virtual ~Sink() = default;
    /// Called from any thread.
    virtual void write(const Line& line) = 0;
};

/// Takes effect for lines written later. The sink outlives its use; nullptr: nothing is written.
void set_sink(Sink* sink, Level least);

/// While it lives, lines of this thread name this request. A coroutine's whole life is covered by
/// running it on an executor that puts one around each of its steps (ContextExecutor); one by
/// hand must not live across a co_await.
class Context {
public:
    explicit Context(std::string_view request);
    ~Context();
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;

private:
    std::string_view before_;
};

/// The request that this thread is at work for; empty: none. Whoever hands work on to somebody else
/// (a message to another node, a job) hands it on too. Valid until the Context ends.
std::string_view current_request();

/// One line. `event` is a stable dotted word ("room.joined"), the same in every line of its kind:
/// what varies goes into fields.
void write(Level level, std::string_view event, std::initializer_list<Field> fields = {});

inline void debug(std::string_view event, std::initializer_list<Field> fields = {}) {
    write(Level::Debug, event, fields);
}
inline void info(std::string_view event, std::initializer_list<Field> fields = {}) {
    write(Level::Info, event, fields);
}
inline void warning(std::string_view event, std::initializer_list<Field> fields = {}) {
    write(Level::Warning, event, fields);
}
inline void error(std::string_view event, std::initializer_list<Field> fields = {}) {
    write(Level::Error, event, fields);
}

}  // namespace syncwatch::log
