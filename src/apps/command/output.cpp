#include <cstdio>
#include <utility>

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "adapters/system/system_clock.h"
#include "adapters/system/system_random.h"
#include "apps/command/command.h"
#include "base/uuid.h"

namespace syncwatch::apps {

void Output::line(std::string_view text) const {
    if (json_) return;
    fmt::print("{}\n", text);
    std::fflush(stdout);
}

void Output::set(std::string_view name, boost::json::value value) {
    if (json_) document_[name] = std::move(value);
}

/// What to do next: every failure says so.
std::string Output::hint_of(const Failure& failure) const {
    if (!failure.hint.empty()) return failure.hint;
    return fmt::format("syncwatch {}{}--help says what it takes.", command_,
                       command_.empty() ? "" : " ");
}

void Output::finish(const Failure* failure) const {
    // People read stderr, programs stdout: both hear of a failure.
    if (failure != nullptr) {
        std::fflush(stdout);
        fmt::print(stderr, "syncwatch: {}\nHINT: {}\n", failure->what, hint_of(*failure));
    }
    if (!json_) return;
    const Exit exit = failure == nullptr ? Exit::Done : failure->exit;
    boost::json::object whole{{"schema", "syncwatch.command/1"},
                              {"command", command_},
                              {"ok", failure == nullptr},
                              {"exit", static_cast<int>(exit)},
                              {"code", failure == nullptr ? "done" : failure->code},
                              {"error", nullptr},
                              {"hint", nullptr}};
    if (failure != nullptr) whole["error"] = failure->what;
    if (failure != nullptr) whole["hint"] = hint_of(*failure);
    SystemRandom random;
    whole["run_id"] = random.make_id<JobId>(SystemClock().wall()).text();
    for (const auto& [name, value] : document_) whole[name] = value;
    fmt::print("{}\n", boost::json::serialize(whole));
    std::fflush(stdout);
}

}  // namespace syncwatch::apps
