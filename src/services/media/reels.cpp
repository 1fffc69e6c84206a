#include "services/media/reels.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "ports/topics.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

/// Players ask for the lists of a film that is complete only once: those of all that are on should
/// be here when the database is not.
constexpr std::size_t kMostKept = 512;
constexpr std::size_t kMostSegments = 1'000'000;
constexpr std::size_t kMostExpected = 256;
constexpr auto kReadAheadEvery = 500ms;
constexpr auto kLeastAge = 500ms;
/// A change that nobody was told of shows after this time.
constexpr auto kAgeWhileItGrows = 5s;
constexpr auto kAgeOfComplete = 60s;

std::size_t segments_of(const Reel& reel) {
    std::size_t count = 0;
    for (const auto& [name, segments] : reel.streams) count += segments.size();
    return count;
}

}  // namespace

Reels::Reels(VideoStore& videos, Bus& bus, const Clock& clock, net::any_io_executor executor)
    : videos_(videos), clock_(clock) {
    auto changed = [this](const std::string& id) { note_change(id); };
    changes_ = bus.subscribe(topics::kVideoChanged, std::move(executor), std::move(changed));
}

void Reels::share(PeerAnswers& peers) {
    peers_ = &peers;
    const auto reel_of = [this](const std::string& subject) {
        const auto id = VideoId::parse(subject);
        return id ? kept(*id) : nullptr;
    };
    auto has = [reel_of](const std::string& subject) { return reel_of(subject) != nullptr; };
    auto tell = [reel_of](const std::string& subject, const PeerAnswers::Told& told) {
        if (const auto reel = reel_of(subject)) told(text(*reel));
    };
    peers.serve(kReelKind, std::move(has), std::move(tell));
}

std::shared_ptr<const Reel> Reels::kept(VideoId id) {
    const std::lock_guard lock(mutex_);
    const auto found = kept_.find(id);
    return found == kept_.end() ? nullptr : found->second.reel;
}

void Reels::expect(VideoId id) {
    const std::lock_guard lock(mutex_);
    const auto found = kept_.find(id);
    if (found != kept_.end()) {
        found->second.asked_at = clock_.now();
    } else if (expected_.size() < kMostExpected) {
        expected_.insert(id);
    }
}

net::awaitable<void> Reels::read_ahead(Clock& clock) {
    for (;;) {
        co_await clock.sleep_until(clock.now() + kReadAheadEvery);
        std::set<VideoId> expected;
        {
            const std::lock_guard lock(mutex_);
            expected.swap(expected_);
        }
        // What cannot be read now is read when a player asks.
        for (const VideoId id : expected) (void)co_await find(id);
    }
}

void Reels::note_change(const std::string& text) {
    const auto id = VideoId::parse(text);
    if (!id) return;
    const std::lock_guard lock(mutex_);
    if (const auto found = kept_.find(*id); found != kept_.end()) found->second.changed = true;
}

std::shared_ptr<const Reel> Reels::fresh(VideoId id) {
    const Instant now = clock_.now();
    const std::lock_guard lock(mutex_);
    const auto found = kept_.find(id);
    if (found == kept_.end()) return nullptr;
    Kept& kept = found->second;
    kept.asked_at = now;
    const auto age = now - kept.read_at;
    // One that grows changes all the time; one that is complete when somebody wants it to.
    const bool grows = !kept.reel->is_complete();
    if (kept.doubtful) return age < kAgeWhileItGrows ? kept.reel : nullptr;
    if (kept.changed) return grows && age < kLeastAge ? kept.reel : nullptr;
    const Instant::duration most = grows ? kAgeWhileItGrows : kAgeOfComplete;
    return age < most ? kept.reel : nullptr;
}

Async<std::shared_ptr<const Reel>> Reels::find(VideoId id) {
    if (auto kept = fresh(id)) co_return kept;
    const Instant read_at = clock_.now();
    std::shared_ptr<const Reel> older;
    bool was_changed = false;
    bool was_doubtful = false;
    {
        const std::lock_guard lock(mutex_);
        if (const auto found = kept_.find(id); found != kept_.end()) {
            older = found->second.reel;
            was_changed = found->second.changed;
            was_doubtful = found->second.doubtful;
            // Others are served the older one while this one is read.
            found->second.changed = false;
            found->second.read_at = read_at;
        }
    }
    // Of a film that is complete, segments that were made again may be another size.
    const bool from_start = was_doubtful || (was_changed && older && older->is_complete());
    std::shared_ptr<const Reel> base = from_start ? nullptr : older;
    auto reel = co_await read(id, std::move(base));
    if (reel) {
        keep(id, *reel, read_at);
        co_return *std::move(reel);
    }
    const bool away = reel.error().code == ErrorCode::Unavailable;
    if (away && older) {
        if (from_start) doubt(id);
        co_return older;
    }
    if (away && peers_ != nullptr) {
        auto theirs = co_await ask_peers(id);
        if (!theirs) co_return fail(reel.error());
        keep(id, *theirs, read_at);
        doubt(id);
        co_return *std::move(theirs);
    }
    const std::lock_guard lock(mutex_);
    kept_.erase(id);
    co_return fail(reel.error());
}

/// What another node keeps.
Async<std::shared_ptr<const Reel>> Reels::ask_peers(VideoId id) {
    SW_CO_TRY(const std::string told, co_await peers_->ask(kReelKind, id.text()));
    auto reel = parse_reel(told);
    if (!reel || reel->video.id != id) co_return fail(ErrorCode::Corrupt, "no reel of this film");
    co_return std::make_shared<const Reel>(*std::move(reel));
}

void Reels::doubt(VideoId id) {
    const std::lock_guard lock(mutex_);
    if (const auto found = kept_.find(id); found != kept_.end()) found->second.doubtful = true;
}

Async<std::shared_ptr<const Reel>> Reels::read(VideoId id, std::shared_ptr<const Reel> older) {
    auto reel = std::make_shared<Reel>();
    SW_CO_TRY(reel->video, co_await videos_.find(id));
    int from = 0;
    if (older && older->video.edition == reel->video.edition && !older->streams.empty()) {
        reel->streams = older->streams;
        std::size_t least = std::numeric_limits<int>::max();
        for (const auto& [name, segments] : reel->streams) least = std::min(least, segments.size());
        // A stream that has nothing yet is not in the map.
        const std::size_t expected =
            reel->video.renditions.size() + reel->video.audio_tracks.size();
        from = reel->streams.size() < expected ? 0 : static_cast<int>(least);
    }
    SW_CO_TRY(auto segments, co_await videos_.segments(id, from));
    for (Segment& segment : segments) {
        auto& stream = reel->streams[segment.stream];
        if (static_cast<std::size_t>(segment.number) == stream.size()) {
            stream.push_back(std::move(segment));
        }
    }
    co_return reel;
}

void Reels::keep(VideoId id, std::shared_ptr<const Reel> reel, Instant read_at) {
    const std::lock_guard lock(mutex_);
    Kept& kept = kept_[id];
    // A reading that began later has the later state.
    if (kept.read_at > read_at) return;
    kept.reel = std::move(reel);
    kept.read_at = read_at;
    kept.asked_at = std::max(kept.asked_at, read_at);
    kept.doubtful = false;
    forget_some();
}

/// Those that were asked for longest ago. With mutex_ held.
void Reels::forget_some() {
    std::size_t segments = 0;
    for (const auto& [id, kept] : kept_) segments += segments_of(*kept.reel);
    const auto asked_at = [](const auto& each) { return each.second.asked_at; };
    while (kept_.size() > kMostKept || (segments > kMostSegments && kept_.size() > 1)) {
        const auto oldest = std::ranges::min_element(kept_, {}, asked_at);
        segments -= segments_of(*oldest->second.reel);
        kept_.erase(oldest);
    }
}

}  // namespace syncwatch
