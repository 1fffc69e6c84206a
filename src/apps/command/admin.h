#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/sql_notices/notice_bus.h"
#include "apps/command/command.h"
#include "apps/command/table.h"
#include "apps/logging/stderr_sink.h"
#include "apps/node/powers.h"
#include "base/async/run_to_end.h"

namespace syncwatch::apps {

/// What the operator's commands work on: the database itself, whether a server runs on it or not.
/// What they change is told to a running server within a second.
class Admin {
public:
    /// Errors: those of Powers::open, as failures.
    static Outcome<std::unique_ptr<Admin>> open(const Invocation& invocation);

    Powers& powers() { return *powers_; }
    Bus& bus() { return bus_; }

    /// Runs a task to its end, then tells a running server what it published.
    template <class T>
    Outcome<T> run(Async<T> task) {
        auto done = run_to_end(std::move(task));
        if (!done) return tl::unexpected<Failure>(failure_of(done.error()));
        if (const auto sent = run_to_end(bus_.send()); !sent) {
            return tl::unexpected<Failure>(failure_of(sent.error()));
        }
        return done.map_error([](const Error& error) { return failure_of(error); });
    }

private:
    Admin(std::unique_ptr<Powers> powers, const config::Settings& settings);

    std::unique_ptr<Powers> powers_;
    sql::NoticeBus bus_;
    StderrSink sink_;
};

/// Asks before something goes for good: on a terminal by typing `word`, otherwise `given` must be
/// it (--confirm). Errors: ConfirmationNeeded.
Outcome<> confirm(const std::string& what, const std::string& word, const std::string& given);

/// A password, typed twice without echo on a terminal, or the first line of stdin otherwise.
/// Errors: Usage.
Outcome<std::string> read_password(const std::string& prompt);

}  // namespace syncwatch::apps
