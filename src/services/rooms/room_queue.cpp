#include "services/rooms/room_queue.h"

#include <algorithm>
#include <utility>

#include "services/rooms/store_tries.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMostPendingChanges = 128;
/// Paths that end sooner than this are asked for anew, …
constexpr auto kRenewBefore = 6h;
/// … but not more often than this.
constexpr auto kRenewEvery = 10min;

Result<Queue> without_film(const Queue& queue, VideoId video) {
    Queue next = queue;
    std::erase_if(next.items, [&](const QueueItem& each) { return each.video == video; });
    return next;
}

}  // namespace

RoomQueue::RoomQueue(RoomCode room, RoomPowers& powers, Listener& listener)
    : room_(room), powers_(powers), listener_(listener) {}

void RoomQueue::begin(StoredQueue stored, std::vector<RoomFilm> films) {
    for (RoomFilm& each : films) films_.insert_or_assign(each.video, std::move(each));
    queue_ = std::move(stored.queue);
    version_ = stored.version;
    for (const QueueItem& each : queue_.items) {
        if (film(each.video) == nullptr) look_again(each.video);
    }
}

std::vector<RoomFilm> RoomQueue::films() const {
    std::vector<RoomFilm> films;
    for (const auto& [video, film] : films_) films.push_back(film);
    return films;
}

void RoomQueue::expect(const Playback& on) {
    if (on.video) powers_.films.expect(*on.video);
    const auto next = on.item ? next_after(queue_, *on.item) : std::nullopt;
    const QueueItem* item = next ? queue_.find(*next) : nullptr;
    if (item != nullptr) powers_.films.expect(item->video);
}

const RoomFilm* RoomQueue::film(VideoId video) const {
    const auto found = films_.find(video);
    return found == films_.end() ? nullptr : &found->second;
}

FilmExtent RoomQueue::extent_of(VideoId video) const {
    const RoomFilm* known = film(video);
    FilmExtent extent;
    if (known == nullptr) return extent;
    extent.playable_until = known->playable_until;
    // Of a film that failed there is what there is.
    if (known->status != VideoStatus::Failed) extent.duration = known->duration;
    extent.complete = known->status == VideoStatus::Ready || known->status == VideoStatus::Failed;
    return extent;
}

std::vector<RoomSpeaker::Shown> RoomQueue::shown() const {
    std::vector<RoomSpeaker::Shown> out;
    out.reserve(queue_.items.size());
    for (const QueueItem& each : queue_.items) {
        if (const RoomFilm* known = film(each.video)) out.push_back({&each, known});
    }
    return out;
}

Result<> RoomQueue::enqueue(Change change) {
    if (pending_.size() >= kMostPendingChanges) {
        return fail(ErrorCode::Exhausted, "too many changes of the queue wait");
    }
    pending_.push_back(std::move(change));
    return {};
}

net::awaitable<void> RoomQueue::work() {
    do {
        if (!pending_.empty()) co_await make_next();
        if (heard_ > version_) {
            const Queue before = queue_;
            const auto read = co_await reload();
            if (queue_ != before) listener_.queue_changed(before, false);
            // Whoever spoke of a version that is not there was wrong: once is enough.
            if (read) heard_ = version_;
        }
        std::erase_if(films_, [&](const auto& each) { return !queue_.holds(each.first); });
    } while (!pending_.empty());
}

net::awaitable<void> RoomQueue::make_next() {
    const Change change = std::move(pending_.front());
    pending_.pop_front();
    const Queue before = queue_;
    const Result<> outcome = co_await make(change);
    // What was not answered may have been done: it is read until it is known.
    if (stale_) heard_ = std::max(heard_, version_ + 1);
    listener_.store_worked(outcome || !store_is_away(outcome.error()));
    listener_.queue_settled(change, outcome);
    if (change.settled) change.settled(outcome);
    if (queue_ != before) listener_.queue_changed(before, true);
}

void RoomQueue::heard_version(std::int64_t version) {
    heard_ = std::max(heard_, version);
    if (heard_ > version_) stale_ = true;
}

Async<> RoomQueue::make(Change change) {
    if (change.op == Change::Op::Add) co_return co_await add(std::move(change));
    if (change.op == Change::Op::Vote) co_return co_await vote(std::move(change));
    co_return co_await edit(edit_of(change), change.may_be_done);
}

Async<> RoomQueue::add(Change change) {
    SW_CO_CHECK(co_await powers_.films.check_may_queue(change.by, change.video));
    if (film(change.video) == nullptr) {
        std::vector<VideoId> wanted{change.video};
        SW_CO_TRY(auto found, co_await powers_.films.find(std::move(wanted)));
        if (found.empty()) co_return fail(ErrorCode::NotFound, "no such film");
        films_.insert_or_assign(change.video, std::move(found.front()));
    }
    QueueItem item;
    item.id = powers_.random.make_id<ItemId>(powers_.clock.wall());
    item.video = change.video;
    item.added_by = change.by.user;
    item.request = change.request;
    Edit put = [item, before = change.before](const Queue& queue, bool again) -> Result<Queue> {
        const bool there = std::ranges::any_of(queue.items, [&](const QueueItem& each) {
            const bool asked_before = !item.request.empty() && each.request == item.request &&
                                      each.added_by == item.added_by && each.video == item.video;
            return each.id == item.id || (again && asked_before);
        });
        if (there) return queue;
        return with_added(queue, item, before);
    };
    co_return co_await edit(std::move(put), change.may_be_done);
}

Async<> RoomQueue::vote(Change change) {
    if (stale_) {
        SW_CO_CHECK(co_await reload());
    }
    SW_CO_CHECK(with_vote(queue_, change.item, change.by.user));
    Error last;
    const Instant latest = powers_.clock.now() + kStoreTriesWithin;
    for (int attempt = 1; attempt <= kStoreTries; ++attempt) {
        const auto version = co_await powers_.queues.vote(room_, change.item, change.by.user);
        if (version) {
            auto voted = with_vote(queue_, change.item, change.by.user);
            // Whoever had voted before changes nothing: a newer version is somebody else's.
            const std::int64_t expected = version_ + (voted && *voted != queue_ ? 1 : 0);
            if (voted && *version == expected) {
                adopt(*std::move(voted), *version);
                co_return Result<>();
            }
            co_return co_await reload();
        }
        last = version.error();
        stale_ = true;
        if (!store_is_away(last) || powers_.clock.now() > latest) break;
        co_await powers_.clock.sleep_until(powers_.clock.now() + attempt * kStorePause);
    }
    co_return fail(last);
}

RoomQueue::Edit RoomQueue::edit_of(const Change& change) {
    switch (change.op) {
        case Change::Op::Remove:
            return [item = change.item](const Queue& queue, bool again) -> Result<Queue> {
                if (again && queue.find(item) == nullptr) return queue;
                return with_removed(queue, item);
            };
        case Change::Op::Move:
            return [item = change.item, before = change.before](const Queue& queue, bool) {
                return with_moved(queue, item, before);
            };
        case Change::Op::Clear: return [](const Queue&, bool) -> Result<Queue> { return Queue(); };
        case Change::Op::Follow:
            return [item = change.item, after = change.before](const Queue& queue,
                                                               bool) -> Result<Queue> {
                return with_next(queue, after.value_or(ItemId()), item);
            };
        case Change::Op::Forget:
            return [video = change.video](const Queue& queue, bool) {
                return without_film(queue, video);
            };
        case Change::Op::Add:
        case Change::Op::Vote: break;
    }
    return [](const Queue& queue, bool) -> Result<Queue> { return queue; };
}

/// Makes the queue what `wanted` says, whatever others do to it meanwhile.
Async<> RoomQueue::edit(Edit wanted, bool again) {
    Error last;
    const Instant latest = powers_.clock.now() + kStoreTriesWithin;
    for (int attempt = 1; attempt <= kStoreTries; ++attempt) {
        if (stale_) {
            if (const auto fresh = co_await reload(); !fresh) last = fresh.error();
        }
        if (!stale_) {
            SW_CO_TRY(Queue next, wanted(queue_, again));
            if (next == queue_) co_return Result<>();
            const auto version = co_await powers_.queues.save(room_, version_, next);
            if (version) {
                adopt(std::move(next), *version);
                co_return Result<>();
            }
            last = version.error();
            stale_ = true;
            if (last.code == ErrorCode::Conflict) continue;
            again = true;
        }
        if (!store_is_away(last) || powers_.clock.now() > latest) break;
        co_await powers_.clock.sleep_until(powers_.clock.now() + attempt * kStorePause);
    }
    co_return fail(last);
}

Async<> RoomQueue::reload() {
    SW_CO_TRY(auto stored, co_await powers_.queues.load(room_));
    SW_CO_CHECK(co_await read_missing(stored.queue));
    adopt(std::move(stored.queue), stored.version);
    stale_ = false;
    co_return Result<>();
}

/// Reads films of `queue` that nothing is known of.
Async<> RoomQueue::read_missing(Queue queue) {
    std::vector<VideoId> missing;
    for (const QueueItem& each : queue.items) {
        if (film(each.video) == nullptr) missing.push_back(each.video);
    }
    if (missing.empty()) co_return Result<>();
    SW_CO_TRY(auto found, co_await powers_.films.find(std::move(missing)));
    for (RoomFilm& each : found) films_.insert_or_assign(each.video, std::move(each));
    co_return Result<>();
}

void RoomQueue::adopt(Queue queue, std::int64_t version) {
    queue_ = std::move(queue);
    version_ = version;
}

void RoomQueue::look_again(VideoId video) {
    if (queue_.holds(video)) to_read_.insert(video);
}

net::awaitable<void> RoomQueue::read_films() {
    while (!to_read_.empty()) {
        const std::vector<VideoId> wanted(to_read_.begin(), to_read_.end());
        to_read_.clear();
        auto found = co_await powers_.films.find(wanted);
        if (!found) {
            // Whatever changed is still changed; the next notice, or renew_paths(), looks again.
            to_read_.insert(wanted.begin(), wanted.end());
            co_return;
        }
        bool changed = false;
        for (const VideoId video : wanted) {
            const auto fresh = std::ranges::find(*found, video, &RoomFilm::video);
            if (fresh == found->end()) {
                Change gone;
                gone.op = Change::Op::Forget;
                gone.video = video;
                (void)enqueue(std::move(gone));
                continue;
            }
            if (!queue_.holds(video)) continue;
            const RoomFilm* known = film(video);
            if (known != nullptr && *known == *fresh) continue;
            films_.insert_or_assign(video, std::move(*fresh));
            changed = true;
        }
        if (changed) listener_.films_changed();
    }
}

void RoomQueue::renew_paths(WallTime now) {
    if (now - renewed_ < kRenewEvery) return;
    renewed_ = now;
    for (const auto& [video, known] : films_) {
        const bool ends_soon =
            known.paths_until != WallTime() && known.paths_until - now < kRenewBefore;
        if (ends_soon) look_again(video);
    }
}

}  // namespace syncwatch
