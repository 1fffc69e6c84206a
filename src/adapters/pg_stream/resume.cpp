// Where the log goes on: after what the repositories have of it.
#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "adapters/pg_stream/streamer.h"
#include "base/async/offload.h"
#include "base/log/log.h"

namespace syncwatch::pg_stream {
namespace {

/// The one that comes next on a timeline; nullopt: nothing of it is there.
std::optional<wal::Segment> next_of(const std::vector<StoredLog>& logs, std::uint32_t timeline) {
    std::optional<wal::Segment> next;
    for (const StoredLog& log : logs) {
        for (const wal::Segment& each : log.whole) {
            if (each.timeline == timeline) next = std::max(next, {{timeline, each.number + 1}});
        }
        for (const auto& [each, pieces] : log.begun) {
            if (each.timeline == timeline && !pieces.empty()) next = std::max(next, {each});
        }
    }
    return next;
}

}  // namespace

std::vector<Left> read_chain(std::string_view history) {
    std::vector<Left> chain;
    while (!history.empty()) {
        const std::size_t end = std::min(history.find('\n'), history.size());
        const std::string_view line = history.substr(0, end);
        history.remove_prefix(std::min(end + 1, history.size()));
        const std::size_t tab = line.find('\t');
        if (line.empty() || line.front() == '#' || tab == line.npos) continue;
        const std::string_view rest = line.substr(tab + 1);
        Left left;
        std::from_chars(line.data(), line.data() + tab, left.timeline);
        const auto at = wal::parse_lsn(rest.substr(0, rest.find('\t')));
        if (!at) continue;
        left.at = *at;
        chain.push_back(left);
    }
    return chain;
}

Async<> LogStreamer::open_shelves(Replication::Identity identity) {
    shelves_.clear();
    for (const LogPlace& each : places_) {
        LogStore store(*each.repository, LogNames(settings_.log, identity.system_id), powers_.pool);
        Shelf::Settings shelf = settings_.shelf;
        if (!each.may_delete) shelf.every = settings_.every_where_all_stays;
        shelves_.push_back(
            std::make_unique<Shelf>(each.name, std::move(store), powers_.clock, intake_, shelf));
    }
    const std::lock_guard lock(mutex_);
    status_.system_id = identity.system_id;
    co_return Result<>();
}

/// From where on the server keeps its log for us; it does so from now on.
Async<wal::Lsn> LogStreamer::slot_place() {
    auto look = [this] { return connection_->slot(settings_.slot); };
    SW_CO_TRY(auto kept, co_await offload(powers_.pool, look));
    if (kept) co_return *kept;
    // It is not there, or keeps nothing any more.
    auto make = [this]() -> Result<> {
        SW_CHECK(connection_->drop_slot(settings_.slot));
        return connection_->make_slot(settings_.slot);
    };
    SW_CO_CHECK(co_await offload(powers_.pool, std::move(make)));
    SW_CO_TRY(kept, co_await offload(powers_.pool, look));
    if (kept) co_return *kept;
    co_return fail_unavailable("backup", "the slot keeps nothing", std::chrono::seconds(1));
}

Async<> LogStreamer::resume(Replication::Identity identity) {
    std::vector<StoredLog> logs;
    Result<> trouble = fail(ErrorCode::Unavailable, "there is no repository");
    for (const auto& each : shelves_) {
        auto log = co_await each->store().read();
        if (log) {
            logs.push_back(*std::move(log));
        } else {
            trouble = fail(std::move(log).error().within(each->name()));
            logs.emplace_back();
            each->lags_behind();
        }
    }
    if (std::ranges::all_of(shelves_, [](const auto& each) { return each->lags(); })) {
        co_return trouble;
    }
    std::string history;
    if (identity.timeline > 1) {
        const std::uint32_t number = identity.timeline;
        auto ask = [this, number] { return connection_->history(number); };
        SW_CO_TRY(history, co_await offload(powers_.pool, std::move(ask)));
        std::string text = history;
        SW_CO_CHECK(co_await put_history(number, std::move(text)));
    }
    co_return co_await choose_place(std::move(identity), std::move(history), std::move(logs));
}

Async<> LogStreamer::choose_place(Replication::Identity identity, std::string history,
                                  std::vector<StoredLog> logs) {
    SW_CO_TRY(const wal::Lsn kept, co_await slot_place());
    std::optional<wal::Segment> from;
    std::vector<Left> chain = read_chain(history);
    chain.push_back({identity.timeline, {~std::uint64_t{0}}});
    // Of its past the newest that something is there of; where it had no more, from where it has.
    for (const Left& each : chain) {
        if (start_over_) break;
        if (const auto next = next_of(logs, each.timeline)) from = next;
    }
    // What was left before the place where we are goes on as the first of the next.
    for (std::size_t i = 0; from && i + 1 < chain.size(); ++i) {
        if (chain[i].timeline != from->timeline || from->begin() < chain[i].at) continue;
        from = wal::Segment::holding(chain[i + 1].timeline, chain[i].at);
    }
    if (!from) from = wal::Segment::holding(identity.timeline, kept);
    timeline_ = from->timeline;
    start_over_ = false;
    std::optional<wal::Segment> before;
    for (const StoredLog& log : logs) {
        if (log.whole.empty()) continue;
        const auto after = log.whole.lower_bound(*from);
        if (after != log.whole.begin()) before = std::max(before, {*std::prev(after)});
    }
    begin_segment(*from, before);
    for (std::size_t i = 0; i < shelves_.size(); ++i) {
        if (shelves_[i]->lags()) continue;
        if (before && !logs[i].whole.contains(*before)) {
            shelves_[i]->lags_behind();
            continue;
        }
        const auto begun = logs[i].begun.find(*from);
        const std::size_t pieces = begun == logs[i].begun.end() ? 0 : begun->second.size();
        shelves_[i]->is_level(*from, logs[i].bytes_of(*from), pieces);
        if (logs[i].bytes_of(*from) <= expected_.size()) continue;
        std::vector<Piece> known = begun->second;
        SW_CO_TRY(expected_, co_await shelves_[i]->store().begun(*from, std::move(known)));
    }
    co_return Result<>();
}

Async<> LogStreamer::put_history(std::uint32_t timeline, std::string text) {
    // One that is away gets it with what else it lacks.
    for (const auto& each : shelves_) {
        if (each->lags()) continue;
        std::string copy = text;
        SW_CO_CHECK(co_await each->store().put_history(timeline, std::move(copy)));
    }
    co_return Result<>();
}

/// The server went on as another timeline, from within the segment that came in.
Async<> LogStreamer::turn_to(std::uint32_t timeline) {
    co_await wait_for_shelves();
    auto ask = [this, timeline] { return connection_->history(timeline); };
    SW_CO_TRY(std::string history, co_await offload(powers_.pool, std::move(ask)));
    SW_CO_CHECK(co_await put_history(timeline, std::move(history)));
    const wal::Segment left = intake_.segment;
    timeline_ = timeline;
    begin_segment({timeline, left.number}, intake_.before);
    co_return co_await start();
}

}  // namespace syncwatch::pg_stream
