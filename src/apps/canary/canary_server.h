#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "adapters/program/child.h"
#include "base/async/async.h"
#include "base/unique_fd.h"
#include "ports/clock.h"

namespace syncwatch::apps {

/// This program once more, serving what was restored: on a port of loopback that nobody knows, and
/// changing nothing in the object stores. It is killed with this object.
class CanaryServer {
public:
    /// `environment`: all that it has. `clock` outlives it. Errors: Unavailable.
    static Result<std::unique_ptr<CanaryServer>> start(std::vector<std::string> environment,
                                                       Clock& clock);

    /// Waits until it serves; gives its port. Errors: Corrupt (it ended; the message says with
    /// which words), Timeout, Cancelled.
    Async<std::uint16_t> ready();
    /// After it refused something: the object that no store has as it should be, of those that
    /// were not told yet. Empty: there is none.
    Async<std::string> faulty_object();
    /// At once: what it has is thrown away.
    Async<> end();

private:
    CanaryServer(program::Child child, UniqueFd out, UniqueFd errors, Clock& clock)
        : child_(std::move(child)),
          out_(std::move(out)),
          errors_(std::move(errors)),
          clock_(clock) {}

    program::Child child_;
    const UniqueFd out_;     ///< In memory: what it said on stdout,
    const UniqueFd errors_;  ///< and its log.
    Clock& clock_;
    std::size_t told_ = 0;  ///< Of its log: what comes after is new.
};

/// The first line of what a program of ours said on stderr when it failed, without its name.
std::string first_words(std::string_view errors);

}  // namespace syncwatch::apps
