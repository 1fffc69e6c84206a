#include "apps/canary/canary_server.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <csignal>
#include <string_view>
#include <utility>

#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include "adapters/program/memory_file.h"
#include "adapters/program/run.h"
#include "base/async/cancelled.h"

namespace syncwatch::apps {
namespace {

using namespace std::chrono_literals;

/// An older schema is brought to that of the program first.
constexpr auto kStart = 15min;
constexpr auto kAskAgain = 30ms;
constexpr auto kLogsWithin = 1s;
constexpr std::uint64_t kMostSaid = 64 << 20;
constexpr std::string_view kServes = "SyncWatch is at http://127.0.0.1:";
/// What a node logs when nobody can serve an object (HealingStore).
constexpr std::string_view kNotServed = "objects.not_made_again";

/// 0: it did not say yet.
std::uint16_t port_in(std::string_view said) {
    const std::size_t at = said.find(kServes);
    if (at == std::string_view::npos) return 0;
    said.remove_prefix(at + kServes.size());
    std::uint16_t port = 0;
    const auto read = std::from_chars(said.data(), said.data() + said.size(), port);
    const bool is_whole = read.ec == std::errc() && read.ptr != said.data() + said.size();
    return is_whole ? port : std::uint16_t{0};
}

/// The object of the last such line that is whole.
std::string key_in(std::string_view log) {
    log = log.substr(0, log.rfind('\n') + 1);
    const std::size_t at = log.rfind(kNotServed);
    if (at == std::string_view::npos) return {};
    const std::size_t line = log.rfind('\n', at) + 1;
    boost::system::error_code wrong;
    const auto said = boost::json::parse(log.substr(line, log.find('\n', at) - line), wrong);
    if (wrong || !said.is_object()) return {};
    const auto* const key = said.get_object().if_contains("key");
    return key != nullptr && key->is_string() ? std::string(key->get_string()) : std::string();
}

}  // namespace

std::string first_words(std::string_view errors) {
    constexpr std::string_view kName = "syncwatch: ";
    const std::size_t begins = errors.find(kName);
    if (begins != std::string_view::npos) errors.remove_prefix(begins + kName.size());
    errors = errors.substr(0, errors.find("\nHINT: "));
    constexpr std::size_t kMost = 600;
    std::string words(errors.substr(0, kMost));
    while (words.ends_with('\n')) words.pop_back();
    std::ranges::replace(words, '\n', ' ');
    return words.empty() ? "it said nothing" : words;
}

Result<std::unique_ptr<CanaryServer>> CanaryServer::start(std::vector<std::string> environment,
                                                          Clock& clock) {
    SW_TRY(UniqueFd out, program::memory_file(""));
    SW_TRY(UniqueFd errors, program::memory_file(""));
    program::Spec spec;
    spec.program = "/proc/self/exe";
    spec.args = {"serve", "--trial"};
    spec.environment = std::move(environment);
    spec.output = out.get();
    spec.errors = errors.get();
    SW_TRY(program::Child child, program::Child::start(spec));
    return std::unique_ptr<CanaryServer>(
        new CanaryServer(std::move(child), std::move(out), std::move(errors), clock));
}

Async<std::uint16_t> CanaryServer::ready() {
    const Instant until = clock_.now() + kStart;
    for (;;) {
        SW_CO_TRY(const std::string said, program::read_whole(out_.get(), kMostSaid));
        if (const std::uint16_t port = port_in(said); port != 0) co_return port;
        if (const auto end = child_.try_reap()) {
            const std::string words = program::read_end(errors_.get(), kMostSaid);
            co_return fail(ErrorCode::Corrupt,
                           fmt::format("it ended ({}): {}", end->text(), first_words(words)));
        }
        if (co_await is_cancelled()) co_return fail(ErrorCode::Cancelled, "it was stopped");
        if (clock_.now() >= until) {
            co_return fail(ErrorCode::Timeout, "it does not begin to serve");
        }
        co_await clock_.sleep_until(clock_.now() + kAskAgain);
    }
}

Async<std::string> CanaryServer::faulty_object() {
    // A thread of its own writes its log, a moment later.
    const Instant until = clock_.now() + kLogsWithin;
    for (;;) {
        const std::string log = program::read_end(errors_.get(), kMostSaid);
        std::string key = key_in(std::string_view(log).substr(std::min(told_, log.size())));
        if (!key.empty() || clock_.now() >= until) {
            told_ = log.size();
            co_return key;
        }
        co_await clock_.sleep_until(clock_.now() + kAskAgain);
    }
}

Async<> CanaryServer::end() {
    (void)co_await program::end_child(child_, SIGKILL, 10s);
    co_return Result<>();
}

}  // namespace syncwatch::apps
