#include "services/transcoding/picture_parts.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/log/log.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;
using std::chrono::microseconds;

constexpr int kToTheEnd = std::numeric_limits<int>::max();
/// Why a run is ended where another worker goes on.
constexpr std::string_view kOthersGoOn = "others_go_on";

}  // namespace

int segments_of_part(const TranscodePlan& plan, const PartRules& rules) {
    const microseconds segment = plan.segment_start(1);
    if (rules.length <= 0s || segment <= 0us) return 0;
    const auto segments = static_cast<int>(std::max<std::int64_t>(1, rules.length / segment));
    // One for each of two workers, and the end.
    return plan.duration >= 3 * plan.segment_start(segments) ? segments : 0;
}

PictureParts::PictureParts(Powers powers, PartRules rules, FilmRecorder& recorder, JobLease lease,
                           Transcoder::Run run)
    : powers_(powers),
      rules_(rules),
      recorder_(recorder),
      lease_(lease),
      run_(std::move(run)),
      length_(segments_of_part(run_.plan, rules)) {
    // Files say more than they hold, by a little: the last part that is offered ends before.
    const auto whole = static_cast<int>(run_.plan.duration / run_.plan.segment_start(1));
    tail_ = (whole - (length_ + 1) / 2) / length_ * length_;
}

int PictureParts::there() const {
    int least = kToTheEnd;
    for (const std::string& each : run_.streams) least = std::min(least, recorder_.count_of(each));
    return least;
}

bool PictureParts::all_reached(int number) const {
    return std::ranges::all_of(run_.streams, [&](const std::string& each) {
        const auto found = reached_.find(each);
        return found != reached_.end() && found->second >= number;
    });
}

Async<TranscodeEnd> PictureParts::make() {
    if (there() > 0) {
        // Somebody may still work on what the one before us offered.
        SW_CO_CHECK(co_await offer(there()));
        SW_CO_TRY(next_, co_await find_next());
    } else {
        next_ = FilmPart{0, length_, 0};
    }
    while (next_) {
        const FilmPart stretch = *std::exchange(next_, std::nullopt);
        SW_CO_CHECK(co_await make_stretch(stretch));
        SW_CO_TRY(next_, co_await find_next());
    }
    co_return std::move(end_);
}

/// Where to go on; nullopt: everything is there.
Async<std::optional<FilmPart>> PictureParts::find_next() {
    std::optional<FilmPart> found = next_;
    for (;;) {
        if (!found) {
            SW_CO_TRY(found, co_await powers_.parts.take_part(lease_, powers_.clock.wall()));
        }
        SW_CO_CHECK(co_await adopt_made());
        if (found && film_end_ && found->first >= *film_end_) {
            // A film that is shorter than it says.
            found.reset();
            continue;
        }
        if (found) co_return found;
        if (!film_end_) co_return FilmPart{tail_, kToTheEnd, std::max(tail_, there())};
        if (there() >= *film_end_) co_return std::nullopt;
        co_await powers_.clock.sleep_until(powers_.clock.now() + rules_.look_every);
    }
}

/// Up to where others go on, or to the film's end.
Async<> PictureParts::make_stretch(FilmPart stretch) {
    begin_ = stretch.next;
    limit_ = stretch.last;
    closing_ = false;
    reached_.clear();
    Transcoder::Run run = run_;
    // From the one before: even where nothing is left to do, the encoder then has something to do,
    // and tells how it ends.
    run.first_segment = std::max(0, begin_ - 1);
    log::info(
        "transcode.part",
        {{"job", lease_.job.text()}, {"from", begin_}, {"to", limit_ == kToTheEnd ? -1 : limit_}});
    auto end = co_await powers_.transcoder.run(std::move(run), *this);
    if (!end && end.error().reason == kOthersGoOn) co_return Result<>();
    if (!end) co_return fail(end.error());
    end_.decode_errors += end->decode_errors;
    end_.cpu_time += end->cpu_time;
    end_.peak_memory = std::max(end_.peak_memory, end->peak_memory);
    int segments = kToTheEnd;
    for (const std::string& each : run_.streams) {
        segments = std::min(segments, std::max(reached_[each], begin_));
    }
    // Two runs that saw the end: the earlier one is right, what lies behind it has a gap before.
    if (!film_end_ || segments < *film_end_) {
        film_end_ = segments;
        end_.ends = std::move(end->ends);
    }
    co_return Result<>();
}

Async<> PictureParts::on_init(std::string stream, MadeInit init) {
    co_return co_await recorder_.on_init(std::move(stream), std::move(init));
}

Async<> PictureParts::on_segment(std::string stream, MadeSegment segment) {
    // Where the run ends is not known yet.
    while (extending_) co_await powers_.clock.sleep_until(powers_.clock.now() + 5ms);
    const int number = segment.number;
    // Beyond: the slower rungs are waited for.
    if (number >= limit_) co_return Result<>();
    if (number >= begin_) {
        std::string name = stream;
        SW_CO_CHECK(co_await recorder_.on_segment(std::move(name), std::move(segment)));
    }
    reached_[stream] = number + 1;
    if (!offered_ && recorder_.has_tracks()) SW_CO_CHECK(co_await offer(limit_));
    if (number + 1 == limit_ && !closing_ && !extending_) SW_CO_CHECK(co_await extend());
    if (closing_ && all_reached(limit_)) {
        co_return fail(ErrorCode::Conflict, "others make the next part", kOthersGoOn);
    }
    co_return Result<>();
}

/// All parts from segment `from` on; once. When players can begin: then the head of each stream is
/// known, and helpers need it.
Async<> PictureParts::offer(int from) {
    offered_ = true;
    std::vector<FilmPart> parts;
    for (int first = from / length_ * length_; first < tail_; first += length_) {
        FilmPart part;
        part.first = first;
        part.last = first + length_;
        part.next = std::max(first, from);
        parts.push_back(part);
    }
    co_return co_await powers_.parts.offer(lease_, std::move(parts));
}

Async<> PictureParts::extend() {
    if (!offered_) {
        limit_ = limit_ >= tail_ ? kToTheEnd : limit_ + length_;
        co_return Result<>();
    }
    extending_ = true;
    auto next = co_await powers_.parts.take_part(lease_, powers_.clock.wall());
    extending_ = false;
    if (!next) co_return fail(next.error());
    const bool goes_on =
        *next ? (*next)->first == limit_ && (*next)->next == limit_ : limit_ == tail_ && !film_end_;
    if (goes_on) {
        limit_ = *next ? (*next)->last : kToTheEnd;
    } else {
        closing_ = true;
        next_ = *next;
    }
    co_return Result<>();
}

Async<> PictureParts::adopt_made() {
    SW_CO_TRY(const auto made, co_await powers_.parts.made_by_helpers(lease_.job, there()));
    for (const Segment& each : made) recorder_.adopt(each);
    co_return Result<>();
}

net::awaitable<void> PictureParts::follow() {
    for (;;) {
        co_await powers_.clock.sleep_until(powers_.clock.now() + rules_.look_every);
        if (!offered_) continue;
        const Result<> adopted = co_await adopt_made();
        if (!adopted) log::warning("transcode.parts_unread", {{"error", adopted.error().message}});
    }
}

}  // namespace syncwatch
