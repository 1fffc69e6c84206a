#include "adapters/pg_stream/fetch_log.h"

#include <algorithm>
#include <fstream>

namespace syncwatch::pg_stream {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

struct Held {
    LogStore* store = nullptr;
    StoredLog log;
};

bool is_name_of_log(std::string_view name) {
    constexpr std::size_t kLongestName = 40;
    if (name.size() > kLongestName || name.size() < 16) return false;
    return name.find_first_not_of("0123456789ABCDEFabcdefhistoryukp.") == std::string_view::npos;
}

Result<> write_file(const fs::path& to, std::string_view bytes) {
    std::ofstream(to, std::ios::binary | std::ios::trunc) << bytes;
    std::error_code failed;
    if (fs::file_size(to, failed) == bytes.size() && !failed) return {};
    // It must not be taken for good by whoever looks at the folder later.
    fs::remove(to, failed);
    return fail_unavailable("backup", "write " + to.string(), 30s);
}

/// How much there is of it anywhere, holes or not.
std::uint32_t most_of(const std::vector<Held>& all, const wal::Segment& segment) {
    std::uint32_t most = 0;
    for (const Held& each : all) {
        const auto found = each.log.begun.find(segment);
        if (found == each.log.begun.end()) continue;
        for (const Piece& piece : found->second) most = std::max(most, piece.to);
    }
    return most;
}

/// Whether something before it and something after it is there: then it is no end.
bool is_hole(const std::vector<Held>& all, const wal::Segment& segment) {
    bool has_before = false;
    bool has_after = false;
    for (const Held& each : all) {
        for (const wal::Segment& one : each.log.whole) {
            has_before = has_before || (one.timeline == segment.timeline && one < segment);
        }
        has_after = has_after || !each.log.ends_with(segment);
    }
    return has_before && has_after;
}

tl::unexpected<Error> hole(const wal::Segment& segment) {
    return fail(ErrorCode::Corrupt, segment.name() +
                                        " is missing in the middle of the log: what comes after "
                                        "it is there");
}

/// By its name alone: a server that replays much would wait for a list each time.
Async<Fetched> fetch_by_name(std::vector<LogStore*> stores, LogWish wish) {
    const auto timeline = wal::parse_history_name(wish.name);
    const auto segment = wal::Segment::parse(wish.name);
    Result<> trouble;
    for (LogStore* each : stores) {
        if (!timeline && !segment) break;
        auto asked = timeline ? each->history(*timeline) : each->whole(*segment);
        const auto bytes = co_await std::move(asked);
        if (bytes) {
            SW_CO_CHECK(write_file(wish.to, *bytes));
            co_return Fetched::Found;
        }
        if (bytes.error().code != ErrorCode::NotFound) trouble = fail(bytes.error());
    }
    if (!trouble) co_return fail(trouble.error());
    co_return Fetched::Absent;
}

Async<Fetched> fetch_begun(std::vector<Held> all, wal::Segment segment, LogWish wish) {
    const std::uint32_t most = most_of(all, segment);
    if (most == 0) co_return Fetched::Absent;
    std::error_code failed;
    if (fs::exists(wish.data / "pg_wal" / segment.name(), failed)) co_return Fetched::Absent;
    Result<> trouble = hole(segment);
    for (const Held& each : all) {
        if (each.log.bytes_of(segment) != most) continue;
        std::vector<Piece> pieces = each.log.begun.at(segment);
        auto bytes = co_await each.store->begun(segment, std::move(pieces));
        if (bytes) {
            bytes->resize(wal::kSegmentBytes);
            SW_CO_CHECK(write_file(wish.to, *bytes));
            co_return Fetched::Found;
        }
        trouble = fail(std::move(bytes).error());
    }
    co_return fail(trouble.error());
}

/// Asks each repository once.
Async<Fetched> fetch_once(std::vector<LogStore*> stores, LogWish wish) {
    SW_CO_TRY(const Fetched fetched, co_await fetch_by_name(stores, wish));
    if (fetched == Fetched::Found) co_return fetched;
    std::vector<Held> all;
    for (LogStore* each : stores) {
        SW_CO_TRY(StoredLog log, co_await each->read());
        all.push_back({each, std::move(log)});
    }
    const bool has_any =
        std::ranges::any_of(all, [](const Held& each) { return !each.log.is_empty(); });
    if (!has_any) {
        co_return fail(ErrorCode::Corrupt, "the repositories have no piece of the log at all");
    }
    const auto segment = wal::Segment::parse(wish.name);
    if (!segment) co_return Fetched::Absent;
    if (is_hole(all, *segment)) co_return hole(*segment);
    co_return co_await fetch_begun(std::move(all), *segment, std::move(wish));
}

}  // namespace

Async<Fetched> fetch_log(std::vector<LogStore> stores, LogWish wish, Clock& clock,
                         std::chrono::milliseconds patience) {
    if (!is_name_of_log(wish.name)) {
        co_return fail(ErrorCode::InvalidInput, wish.name + " is no name of a file of the log");
    }
    std::vector<LogStore*> all;
    for (LogStore& each : stores) all.push_back(&each);
    const Instant until = clock.now() + patience;
    for (auto pause = 250ms;; pause = std::min(pause * 2, 5000ms)) {
        auto fetched = co_await fetch_once(all, wish);
        if (fetched) co_return *fetched;
        const bool may_pass = fetched.error().code != ErrorCode::InvalidInput &&
                              fetched.error().code != ErrorCode::Forbidden;
        if (!may_pass || clock.now() >= until) co_return fail(std::move(fetched).error());
        co_await clock.sleep_until(clock.now() + pause);
    }
}

}  // namespace syncwatch::pg_stream
