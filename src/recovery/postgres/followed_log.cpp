#include "recovery/postgres/followed_log.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/quantity.h"

namespace syncwatch::recovery {
namespace {

using namespace std::chrono_literals;

/// Pieces come every second, or every minute into a place where none can be removed.
constexpr auto kMostBehind = 3min;
/// Of a log that somebody takes, where the server would keep any amount.
constexpr std::uint64_t kMuch = std::uint64_t{1} << 30;

/// What may be on its way; too little for a number.
constexpr std::uint64_t kLittle = 100'000;

constexpr const char* kStartIt =
    "A node with recovery.pg_stream_on_nodes does it, or syncwatch-wal-stream: start one; the log "
    "of the one that did says why it ended.";
constexpr const char* kStartOrDrop =
    "Start a node with recovery.pg_stream_on_nodes, or syncwatch-wal-stream; or give the slot up, "
    "and the log with it: syncwatch wal-stream --drop-slot.";

std::string missing_in(const FollowedLog::OfPlace& place) {
    if (!place.trouble.empty()) return "nobody can say of " + place.name;
    if (!place.bytes) return place.name + " none of it";
    if (*place.bytes == 0) return place.name + " all of it";
    if (*place.bytes < kLittle) return place.name + " nearly all of it";
    return fmt::format("{} all but {}", place.name, format_size(*place.bytes));
}

}  // namespace

std::optional<LogFault> falls_behind(const FollowedLog& log) {
    if (!log.trouble.empty()) {
        return LogFault{"nobody can see whether PostgreSQL's log is streamed: " + log.trouble,
                        "syncwatch doctor says what is in the way: recovery.pg_url, its password, "
                        "pg_hba.conf."};
    }
    if (!log.has_slot) {
        return LogFault{"nobody streams PostgreSQL's log: there is no slot " + log.slot, kStartIt};
    }
    if (log.is_lost) {
        return LogFault{
            fmt::format("PostgreSQL kept its log no longer for the slot {}: some of it is missing "
                        "in the repositories for good",
                        log.slot),
            "Have it streamed again, then make a full backup now: syncwatch backup run --component "
            "pg."};
    }
    if (!log.is_followed) {
        return LogFault{
            fmt::format("nobody streams PostgreSQL's log: the slot {} is not in use", log.slot),
            kStartIt};
    }
    for (const FollowedLog::OfPlace& each : log.places) {
        if (each.behind < kMostBehind) continue;
        return LogFault{
            fmt::format("PostgreSQL's log is {} behind in {}{}", format_span(each.behind),
                        each.name, each.trouble.empty() ? "" : ": " + each.trouble),
            "That place does not answer or is too slow: the log of whoever streams says which. It "
            "is caught up with by itself."};
    }
    return std::nullopt;
}

std::optional<LogFault> piles_up(const FollowedLog& log) {
    if (!log.has_slot || log.is_lost) return std::nullopt;
    const bool is_near_the_end = log.kept_most && log.kept_bytes > *log.kept_most / 2;
    const bool fills_disk = !log.kept_most && log.kept_bytes > kMuch;
    if (!is_near_the_end && !fills_disk) return std::nullopt;
    const std::string kept =
        fmt::format("PostgreSQL keeps {} of its log for the slot {}{}", format_size(log.kept_bytes),
                    log.slot, log.is_followed ? "" : ", which nobody uses");
    const std::string end = is_near_the_end
                                ? fmt::format("beyond {} it is lost", format_size(*log.kept_most))
                                : "its disk fills";
    return LogFault{kept + ": " + end, log.is_followed
                                           ? "The places for backups do not keep up: the log of "
                                             "whoever streams says which."
                                           : kStartOrDrop};
}

std::string describe(const FollowedLog& log) {
    if (!log.trouble.empty()) return "not known: " + log.trouble;
    std::string text = log.is_followed ? "streamed" : "not streamed";
    std::string sign = "; ";
    for (const FollowedLog::OfPlace& each : log.places) {
        text += sign + missing_in(each);
        sign = ", ";
    }
    if (log.has_slot) {
        text += fmt::format("; PostgreSQL keeps {} for it", format_size(log.kept_bytes));
    }
    return text;
}

void LogLag::note(Instant now, wal::Lsn position) {
    // After a failover the server may be at what another one had not seen.
    while (!looks_.empty() && looks_.back().position > position) looks_.pop_back();
    // The last that all of them have is needed no more, nor what came before it.
    wal::Lsn everywhere = durable_.empty() ? wal::Lsn() : position;
    for (const auto& [place, durable] : durable_) everywhere = std::min(everywhere, durable);
    while (!looks_.empty() && looks_.front().position <= everywhere) looks_.pop_front();
    if (!looks_.empty() && looks_.back().position == position) return;
    if (looks_.empty()) apart_ = {};
    if (!looks_.empty() && now - looks_.back().at < apart_) return;
    looks_.push_back({now, position});
    if (looks_.size() > kMost) thin_out();
}

void LogLag::thin_out() {
    apart_ = (looks_.back().at - looks_.front().at) * 2 / static_cast<int>(kMost);
    std::deque<Look> left;
    for (const Look& each : looks_) {
        if (left.empty() || each.at - left.back().at >= apart_) left.push_back(each);
    }
    looks_ = std::move(left);
}

std::chrono::seconds LogLag::behind(Instant now, const std::string& place) const {
    const auto known = durable_.find(place);
    if (known == durable_.end()) return 0s;
    const auto first = std::ranges::upper_bound(looks_, known->second, {}, &Look::position);
    if (first == looks_.end()) return 0s;
    return std::chrono::floor<std::chrono::seconds>(now - first->at);
}

}  // namespace syncwatch::recovery
