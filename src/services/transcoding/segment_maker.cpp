#include "services/transcoding/segment_maker.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/digest.h"
#include "base/log/log.h"
#include "ports/topics.h"
#include "services/transcoding/planned_film.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;
using std::chrono::microseconds;

/// The listener's way of telling the encoder that it may end.
constexpr std::string_view kEnough = "enough";

tl::unexpected<Error> cannot(std::string why) {
    return fail(ErrorCode::NotFound, std::move(why));
}

bool is_encoded(const TranscodePlan& plan, const std::string& stream) {
    const auto picture = std::ranges::find(plan.pictures, stream, &PictureStream::stream);
    if (picture != plan.pictures.end()) return !picture->copy;
    const auto sound = std::ranges::find(plan.sounds, stream, &SoundStream::stream);
    return sound != plan.sounds.end() && !sound->copy;
}

bool has_stream(const TranscodePlan& plan, const std::string& stream) {
    return std::ranges::find(plan.pictures, stream, &PictureStream::stream) !=
               plan.pictures.end() ||
           std::ranges::find(plan.sounds, stream, &SoundStream::stream) != plan.sounds.end();
}

}  // namespace

/// Takes the one segment out of a run, and the head that goes with it.
class SegmentMaker::Listener final : public TranscodeListener {
public:
    explicit Listener(const Order& order) : order_(order) {}

    Async<> on_init(std::string, MadeInit made) override {
        init = std::move(made);
        if (order_.piece.is_init) co_return enough();
        co_return Result<>();
    }
    Async<> on_segment(std::string, MadeSegment made) override {
        if (made.number < order_.wanted.number) co_return Result<>();
        if (made.number == order_.wanted.number) segment = std::move(made);
        co_return enough();
    }
    void on_progress(TranscodeProgress) override {}

    /// A segment only if it lies where its row says.
    bool has_it() const {
        if (!init || order_.piece.is_init) return init.has_value();
        return segment && segment->start == order_.start &&
               segment->end - segment->start == order_.wanted.duration;
    }
    /// What came instead.
    std::string text() const {
        if (!segment) return "nothing came";
        return fmt::format("it came from {} to {} us, not from {} for {}", segment->start.count(),
                           segment->end.count(), order_.start.count(),
                           order_.wanted.duration.count());
    }

    std::optional<MadeInit> init;
    std::optional<MadeSegment> segment;

private:
    static tl::unexpected<Error> enough() {
        return fail(ErrorCode::Cancelled, "it is there", kEnough);
    }
    const Order& order_;
};

Async<> SegmentMaker::make(std::string key) {
    SW_CO_TRY(Order wanted, co_await order(key));
    for (;;) {
        Listener heard(wanted);
        const Result<> ran = co_await run(wanted, heard);
        if (heard.has_it()) co_return co_await store(wanted, heard);
        const bool may_be_there = ran || ran.error().code == ErrorCode::Conflict;
        if (!may_be_there) co_return ran;
        const std::string why = ran ? heard.text() : ran.error().message;
        if (wanted.from_start) co_return cannot("the original does not give it any more: " + why);
        // Not every file can be read from the middle, and sound that is silent says nothing there.
        log::info("objects.made_from_start", {{"key", key}, {"why", why}});
        wanted.from_start = true;
    }
}

Async<SegmentMaker::Order> SegmentMaker::order(std::string key) {
    Order made;
    made.piece = parse_piece_key(key).value_or(PieceKey());
    const VideoId id = made.piece.video;
    SW_CO_TRY(PlannedFilm film, co_await find_planned(powers_.videos, id, made.piece.edition));
    made.plan = std::move(film.plan);
    if (!has_stream(made.plan, made.piece.stream)) co_return cannot("its plan has no such stream");
    SW_CO_TRY(const auto segments, co_await powers_.videos.segments(id, 0));
    bool found = false;
    microseconds at{};
    for (const Segment& each : segments) {
        if (each.stream != made.piece.stream) continue;
        const bool is_it =
            made.piece.is_init ? each.init == made.piece.number : each.number == made.piece.number;
        if (is_it && !found) {
            found = true;
            made.wanted = each;
            made.start = at;
        }
        at += each.duration;
        made.last_number = each.number;
        made.last_init = std::max(made.last_init, each.init);
    }
    if (!found) co_return cannot("the film has no such segment");
    // Sound ends with the film, as it became.
    if (film.video.status == VideoStatus::Ready) {
        made.plan.duration = std::chrono::duration_cast<microseconds>(film.video.duration);
    }
    made.is_encoded = is_encoded(made.plan, made.piece.stream);
    made.from_start = !made.is_encoded && (made.piece.is_init || made.wanted.number == 0);
    SW_CO_TRY(made.source, co_await find_original(film.video, powers_.blobs));
    co_return made;
}

Async<> SegmentMaker::run(const Order& order, Listener& listener) {
    Transcoder::Run run;
    run.plan = order.plan;
    run.source = order.source;
    run.streams.push_back(order.piece.stream);
    if (!order.from_start) run.first_segment = order.wanted.number;
    if (!order.from_start && !order.is_encoded) run.first_start = order.start;
    const auto picture =
        std::ranges::find(order.plan.pictures, order.piece.stream, &PictureStream::stream);
    const bool is_picture = picture != order.plan.pictures.end();
    // The last one ends with the film, where that is.
    const bool ends_early = is_picture && order.is_encoded && !order.from_start;
    if (ends_early && order.wanted.number < order.last_number) {
        run.last_segment = order.wanted.number + 1;
    }
    const auto ended = co_await powers_.transcoder.run(std::move(run), listener);
    if (ended || ended.error().reason == kEnough) co_return Result<>();
    co_return fail(ended.error());
}

Async<> SegmentMaker::store_init(const Order& order, MadeInit init) {
    std::string key =
        init_key(order.piece.video, order.piece.edition, order.piece.stream, order.piece.number);
    SW_CO_TRY(const auto known, co_await powers_.ledger.find_object(key));
    const bool same = known && known->sha256 == sha256(as_bytes(init.bytes));
    // It goes before segments of an encoder that is no more: most players take it.
    if (!same) log::warning("objects.other_init", {{"key", key}});
    SW_CO_TRY(StoredBlob stored, co_await powers_.blobs.put(std::move(key), std::move(init.bytes)));
    std::vector<StoredBlob> objects;
    objects.push_back(std::move(stored));
    co_return co_await powers_.ledger.record(std::move(objects), powers_.clock.wall());
}

Async<> SegmentMaker::store(const Order& order, Listener& listener) {
    if (order.piece.is_init) {
        MadeInit init = *std::move(listener.init);
        co_return co_await store_init(order, std::move(init));
    }
    MadeSegment made = *std::move(listener.segment);
    Segment segment = order.wanted;
    const PieceKey& piece = order.piece;
    std::vector<StoredBlob> objects;
    const std::string head = init_key(piece.video, piece.edition, piece.stream, segment.init);
    SW_CO_TRY(const auto known, co_await powers_.ledger.find_object(head));
    if (!known || known->sha256 != sha256(as_bytes(listener.init->bytes))) {
        segment.init = order.last_init + 1;
        std::string key = init_key(piece.video, piece.edition, piece.stream, segment.init);
        std::string bytes = std::move(listener.init->bytes);
        SW_CO_TRY(StoredBlob stored, co_await powers_.blobs.put(std::move(key), std::move(bytes)));
        objects.push_back(std::move(stored));
    }
    segment.size = made.bytes.size();
    std::string key = segment_key(piece.video, piece.edition, piece.stream, piece.number);
    SW_CO_TRY(StoredBlob stored, co_await powers_.blobs.put(std::move(key), std::move(made.bytes)));
    objects.push_back(std::move(stored));
    const WallTime now = powers_.clock.wall();
    SW_CO_CHECK(co_await powers_.videos.replace_segment(
        piece.video, piece.edition, std::move(segment), std::move(objects), now));
    powers_.bus.publish(topics::kVideoChanged, piece.video.text());
    co_return Result<>();
}

}  // namespace syncwatch
