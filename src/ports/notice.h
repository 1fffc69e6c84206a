#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.h"

namespace syncwatch {

/// How soon somebody should hear of it.
enum class Severity : std::uint8_t {
    Critical,  ///< At once, at night too: what is promised may not hold any more.
    Warning,   ///< Within a day: something is on its way there.
    News,      ///< It happened, and nothing is wrong with that.
};

constexpr std::string_view word(Severity severity) {
    switch (severity) {
        case Severity::Critical: return "critical";
        case Severity::Warning: return "warning";
        case Severity::News: return "news";
    }
    return "";
}

/// What somebody is told.
struct Notice {
    enum class Turn : std::uint8_t {
        Begins,  ///< It is wrong from now on.
        Stands,  ///< It still is: said once a day.
        Ends,    ///< It is well again.
        Once,    ///< It has no end: a restore that was begun, a test.
    };

    /// The same of all that is said about one thing, and of nothing else: "backup.pg.overdue".
    std::string key;
    Turn turn = Turn::Once;
    Severity severity = Severity::News;
    std::string installation;  ///< Whose, as its backups are called.
    std::string site;          ///< The same for people: its address, or a node.
    std::string component;     ///< "pg", "redis", …
    std::string what;          ///< What happened: one line.
    std::string next;          ///< What to do now; empty: nothing.
    std::string doc;           ///< Where more stands about it: "docs/recovery/backups.md".
    WallTime since{};          ///< When it began.
    WallTime at{};             ///< When this is said.

    bool operator==(const Notice&) const = default;
};

constexpr std::string_view word(Notice::Turn turn) {
    switch (turn) {
        case Notice::Turn::Begins: return "begins";
        case Notice::Turn::Stands: return "stands";
        case Notice::Turn::Ends: return "ends";
        case Notice::Turn::Once: return "once";
    }
    return "";
}

}  // namespace syncwatch
