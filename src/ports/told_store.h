#pragma once
#include <string>
#include <vector>

#include "base/async/async.h"
#include "ports/notice.h"

namespace syncwatch {

/// Something that is wrong, and that a channel was told of.
struct Told {
    std::string channel;
    std::string key;  ///< As in Notice.
    Severity severity = Severity::News;
    std::string component;
    std::string what;
    WallTime since{};
    WallTime at{};  ///< When it was told last.

    bool operator==(const Told&) const = default;
};

/// What was told of what is wrong, kept where every node finds it: whoever makes the backups next
/// neither repeats it nor forgets to say that it is well again.
///
/// Errors of all calls: Unavailable (component "database"), Cancelled.
class ToldStore {
public:
    virtual ~ToldStore() = default;
    /// What this channel was told, by key.
    virtual Async<std::vector<Told>> of(std::string channel) = 0;
    /// In the place of what it was told before under that key.
    virtual Async<> keep(Told told) = 0;
    virtual Async<> forget(std::string channel, std::string key) = 0;
};

}  // namespace syncwatch
