#include "adapters/pg_stream/shelf.h"

#include <algorithm>

#include "base/log/log.h"

namespace syncwatch::pg_stream {
namespace {

using namespace std::chrono_literals;

constexpr auto kIdle = 50ms;

}  // namespace

void Shelf::is_level(wal::Segment segment, std::uint32_t bytes, std::size_t pieces) {
    segment_ = segment;
    put_ = bytes;
    pieces_ = pieces;
    lags_ = false;
    durable_ = {segment.begin().value + bytes};
}

void Shelf::take(Intake::Full full, wal::Lsn elsewhere) {
    waiting_.push_back(std::move(full));
    while (waiting_.size() > kMostWaiting && waiting_.front().segment.end() <= elsewhere) {
        waiting_.pop_front();
        lags_ = true;
    }
}

net::awaitable<void> Shelf::run(const std::vector<std::unique_ptr<Shelf>>& others) {
    auto pause = settings_.first_retry;
    for (;;) {
        const auto worked = co_await work(others);
        std::chrono::milliseconds rest = kIdle;
        if (worked) {
            if (!trouble_.empty()) log::info("backup.log_place_back", {{"place", name_}});
            trouble_.clear();
            pause = settings_.first_retry;
            if (*worked) continue;
        } else if (worked.error().reason == "log_differs") {
            fatal_ = worked.error();
            co_return;
        } else {
            if (trouble_.empty()) {
                log::warning("backup.log_place_away",
                             {{"place", name_}, {"error", worked.error().message}});
            }
            trouble_ = worked.error().message;
            rest = pause;
            pause = std::min(pause * 2, settings_.last_retry);
        }
        co_await clock_.sleep_until(clock_.now() + rest);
    }
}

/// False: there is nothing to do.
Async<bool> Shelf::work(const std::vector<std::unique_ptr<Shelf>>& others) {
    if (lags_) {
        for (const auto& each : others) {
            if (each.get() != this && !each->lags()) co_return co_await catch_up(each.get());
        }
        co_return false;
    }
    if (waiting_.empty()) co_return co_await put_begun();
    const Intake::Full full = waiting_.front();
    std::string bytes = *full.bytes;
    SW_CO_CHECK(co_await store_.put(full.segment, std::move(bytes)));
    // It may have been dropped meanwhile, as it is elsewhere, too.
    if (!waiting_.empty() && waiting_.front().segment == full.segment) waiting_.pop_front();
    if (!lags_) durable_ = full.segment.end();
    co_return true;
}

Async<bool> Shelf::put_begun() {
    if (segment_ != intake_.segment) {
        segment_ = intake_.segment;
        put_ = 0;
        pieces_ = 0;
    }
    const std::size_t have = intake_.bytes.size();
    if (have <= put_ || clock_.now() < put_at_ + settings_.every) co_return false;
    const wal::Segment segment = segment_;
    put_at_ = clock_.now();
    if (pieces_ >= settings_.most_pieces) {
        std::string all = intake_.bytes;
        SW_CO_CHECK(co_await store_.gather(segment, std::move(all)));
        pieces_ = 1;
    } else {
        const auto from = static_cast<std::uint32_t>(put_);
        std::string more = intake_.bytes.substr(put_);
        SW_CO_CHECK(co_await store_.put_piece(segment, from, std::move(more)));
        ++pieces_;
    }
    put_ = have;
    durable_ = {segment.begin().value + have};
    co_return true;
}

Async<bool> Shelf::catch_up(Shelf* source) {
    SW_CO_TRY(StoredLog here, co_await store_.read());
    const auto& needed = waiting_.empty() ? intake_.before : waiting_.front().before;
    if (!needed || here.whole.contains(*needed)) {
        const auto begun = here.begun.find(intake_.segment);
        const std::size_t pieces = begun == here.begun.end() ? 0 : begun->second.size();
        const wal::Segment segment = waiting_.empty() ? intake_.segment : waiting_.front().segment;
        is_level(segment, here.bytes_of(segment), pieces);
        log::info("backup.log_place_level", {{"place", name_}});
        co_return true;
    }
    SW_CO_TRY(StoredLog there, co_await source->store().read());
    const bool has_more = !std::ranges::includes(here.whole, there.whole);
    SW_CO_CHECK(co_await bring(source, std::move(there), std::move(here)));
    co_return has_more;
}

/// What another repository has and this one lacks, from its newest on.
Async<> Shelf::bring(Shelf* source, StoredLog there, StoredLog here) {
    for (const std::uint32_t each : there.histories) {
        if (here.histories.contains(each)) continue;
        SW_CO_TRY(std::string text, co_await source->store().history(each));
        SW_CO_CHECK(co_await store_.put_history(each, std::move(text)));
    }
    for (const auto& [segment, pieces] : there.begun) {
        // Where a timeline ended.
        const bool goes_on = segment == intake_.segment;
        if (goes_on || here.bytes_of(segment) >= there.bytes_of(segment)) continue;
        SW_CO_TRY(std::string bytes, co_await source->store().begun(segment, pieces));
        SW_CO_CHECK(co_await store_.put_piece(segment, 0, std::move(bytes)));
    }
    const wal::Segment newest = here.whole.empty() ? wal::Segment{0, 0} : *here.whole.rbegin();
    for (const wal::Segment& each : there.whole) {
        // What it had before and has no more was expired there.
        if (each < newest || here.whole.contains(each)) continue;
        SW_CO_TRY(std::string bytes, co_await source->store().whole(each));
        SW_CO_CHECK(co_await store_.put(each, std::move(bytes)));
    }
    co_return Result<>();
}

}  // namespace syncwatch::pg_stream
