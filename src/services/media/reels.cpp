#include "services/media/reels.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "ports/topics.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMostKept = 64;
constexpr auto kLeastAge = 500ms;
/// A change that nobody was told of shows after this time.
constexpr auto kAgeWhileItGrows = 5s;
constexpr auto kAgeOfComplete = 60s;

}  // namespace

Reels::Reels(VideoStore& videos, Bus& bus, const Clock& clock, net::any_io_executor executor)
    : videos_(videos), clock_(clock) {
    auto changed = [this](const std::string& id) { note_change(id); };
    changes_ = bus.subscribe(topics::kVideoChanged, std::move(executor), std::move(changed));
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
    if (kept.changed) return grows && age < kLeastAge ? kept.reel : nullptr;
    const Instant::duration most = grows ? kAgeWhileItGrows : kAgeOfComplete;
    return age < most ? kept.reel : nullptr;
}

Async<std::shared_ptr<const Reel>> Reels::find(VideoId id) {
    if (auto kept = fresh(id)) co_return kept;
    const Instant read_at = clock_.now();
    std::shared_ptr<const Reel> older;
    bool was_changed = false;
    {
        const std::lock_guard lock(mutex_);
        if (const auto found = kept_.find(id); found != kept_.end()) {
            older = found->second.reel;
            was_changed = found->second.changed;
            // Others are served the older one while this one is read.
            found->second.changed = false;
            found->second.read_at = read_at;
        }
    }
    // Of a film that is complete, segments that were made again may be another size.
    const bool from_start = was_changed && older && older->is_complete();
    std::shared_ptr<const Reel> base = from_start ? nullptr : older;
    auto reel = co_await read(id, std::move(base));
    if (reel) {
        keep(id, *reel, read_at);
        co_return *std::move(reel);
    }
    if (older && reel.error().code == ErrorCode::Unavailable) co_return older;
    const std::lock_guard lock(mutex_);
    kept_.erase(id);
    co_return fail(reel.error());
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
    if (kept_.size() <= kMostKept) return;
    const auto asked_at = [](const auto& each) { return each.second.asked_at; };
    kept_.erase(std::ranges::min_element(kept_, {}, asked_at));
}

}  // namespace syncwatch
