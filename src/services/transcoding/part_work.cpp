#include "services/transcoding/part_work.h"

#include <algorithm>
#include <limits>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <unistd.h>

#include "base/async/cancelled.h"
#include "base/log/log.h"
#include "domain/media/media_keys.h"
#include "domain/transcode/plan_text.h"

namespace syncwatch {

PartWork::PartWork(Powers powers, std::chrono::seconds lease, PartJob job,
                   net::any_io_executor executor)
    : powers_(powers),
      lease_(lease),
      job_(std::move(job)),
      tasks_(executor,
             [this](const std::string& task, const std::string& what) {
                 outcome_ = fail(ErrorCode::Internal, task + ": " + what);
                 done_.cancel();
             }),
      done_(executor),
      lease_timer_(executor) {}

net::awaitable<bool> PartWork::run() {
    // Cancellation is only noted: what was begun is brought to an orderly end.
    co_await net::this_coro::throw_if_cancelled(false);
    log::info("transcode.helps",
              {{"video", job_.video.text()}, {"from", job_.part.next}, {"to", job_.part.last}});
    done_.expires_at(net::steady_timer::time_point::max());
    tasks_.spawn("lease", keep_lease());
    tasks_.spawn("make", make());
    bool cancelled = co_await is_cancelled();
    if (!outcome_ && !cancelled) {
        (void)co_await done_.async_wait(net::as_tuple(net::use_awaitable));
        cancelled = co_await is_cancelled();
    }
    tasks_.cancel();
    co_await tasks_.join();
    if (cancelled) outcome_ = fail(ErrorCode::Cancelled, "the worker stops");
    co_await settle();
    co_return outcome_->has_value();
}

net::awaitable<void> PartWork::make() {
    Result<> made = co_await make_part();
    if (!outcome_) outcome_ = std::move(made);
    done_.cancel();
}

Async<> PartWork::make_part() {
    SW_CO_TRY(plan_, parse_plan(job_.plan));
    Transcoder::Run run;
    for (const PictureStream& each : plan_.pictures) {
        if (!each.copy) run.streams.push_back(each.stream);
    }
    std::vector<std::string> streams = run.streams;
    SW_CO_CHECK(co_await read_heads(std::move(streams)));
    std::string key = source_key(job_.video);
    SW_CO_TRY(run.source, co_await powers_.blobs.local_path(std::move(key)));
    run.plan = plan_;
    run.first_segment = job_.part.next;
    run.last_segment = job_.part.last;
    SW_CO_CHECK(co_await powers_.transcoder.run(std::move(run), *this));
    SW_CO_CHECK(co_await flush());
    const bool whole = std::ranges::all_of(
        next_, [this](const auto& each) { return each.second == job_.part.last; });
    if (!whole) co_return fail(ErrorCode::Internal, "the film ended in the part");
    co_return Result<>();
}

Async<> PartWork::read_heads(std::vector<std::string> streams) {
    SW_CO_TRY(const auto recorded, co_await powers_.videos.segments(job_.video, 0));
    for (const Segment& each : recorded) heads_[each.stream].number = each.init;
    SW_CO_TRY(const auto made,
              co_await powers_.parts.made_by_helpers(job_.lease.job, job_.part.next));
    for (const Segment& each : made) there_.emplace(each.stream, each.number);
    for (const std::string& stream : streams) {
        next_[stream] = job_.part.next;
        Head& head = heads_[stream];
        std::string key = init_key(job_.video, job_.edition, stream, head.number);
        SW_CO_TRY(const OpenBlob blob, co_await powers_.blobs.open(std::move(key)));
        head.bytes.resize(blob.size);
        const auto got = ::pread(blob.fd.get(), head.bytes.data(), blob.size, 0);
        if (got != static_cast<ssize_t>(blob.size)) head.bytes.clear();
    }
    co_return Result<>();
}

Async<> PartWork::on_init(std::string stream, MadeInit init) {
    if (init.bytes == heads_[stream].bytes) co_return Result<>();
    co_return fail(ErrorCode::Conflict, "this encoder is another one than the film was begun with",
                   "other_encoder");
}

Async<> PartWork::on_segment(std::string stream, MadeSegment made) {
    const int number = made.number;
    const auto whole = plan_.segment_start(number + 1) - plan_.segment_start(number);
    if (number >= job_.part.last) {
        co_return fail(ErrorCode::Internal, "the encoder did not stop where it was told");
    }
    // The film ends here, against what it says: for the job's holder to make sense of.
    if (made.end - made.start != whole) co_return Result<>();
    next_[stream] = number + 1;
    if (there_.contains({stream, number})) co_return Result<>();
    Segment segment;
    segment.stream = stream;
    segment.number = number;
    segment.duration = whole;
    segment.size = made.bytes.size();
    segment.init = heads_[stream].number;
    std::string key = segment_key(job_.video, job_.edition, stream, number);
    keys_.push_back(key);
    SW_CO_TRY(StoredBlob object, co_await powers_.blobs.put(std::move(key), std::move(made.bytes)));
    segments_.push_back(std::move(segment));
    objects_.push_back(std::move(object));
    // One step for each segment of the film.
    if (segments_.size() >= next_.size()) co_return co_await flush();
    co_return Result<>();
}

Async<> PartWork::flush() {
    int next = std::numeric_limits<int>::max();
    for (const auto& [stream, number] : next_) next = std::min(next, number);
    std::vector<Segment> segments = std::exchange(segments_, {});
    std::vector<StoredBlob> objects = std::exchange(objects_, {});
    co_return co_await powers_.parts.advance_part(job_.lease, std::move(segments),
                                                  std::move(objects), next, powers_.clock.wall());
}

net::awaitable<void> PartWork::keep_lease() {
    WallTime held_until = powers_.clock.wall() + lease_;
    for (;;) {
        lease_timer_.expires_after(lease_ / 3);
        // Cancelled: somebody wants to know now.
        (void)co_await lease_timer_.async_wait(net::as_tuple(net::use_awaitable));
        const WallTime until = powers_.clock.wall() + lease_;
        const Result<> renewed = co_await powers_.parts.renew_part(job_.lease, until);
        if (renewed) {
            held_until = until;
            continue;
        }
        const bool may_pass = renewed.error().code == ErrorCode::Unavailable;
        if (may_pass && powers_.clock.wall() < held_until) continue;
        if (!outcome_) outcome_ = renewed;
        done_.cancel();
        co_return;
    }
}

net::awaitable<void> PartWork::settle() {
    const bool stops = !*outcome_ && outcome_->error().code == ErrorCode::Cancelled;
    if (!*outcome_ && !stops) {
        log::warning("transcode.part_interrupted", {{"video", job_.video.text()},
                                                    {"part", job_.part.first},
                                                    {"attempt", job_.attempts},
                                                    {"error", outcome_->error().message}});
    }
    if (!*outcome_ && outcome_->error().reason == "lease_lost") {
        co_await discard_if_over();
        co_return;
    }
    const auto counts = stops ? PartStore::Counts::No : PartStore::Counts::Yes;
    const Result<> released = co_await powers_.parts.release_part(job_.lease, counts);
    // The film may be whole meanwhile. Else the lease ends by itself.
    if (released || released.error().reason == "lease_lost") co_return;
    log::warning("transcode.part_not_released", {{"error", released.error().message}});
}

/// A successor writes the same objects: only what nobody goes on with is thrown away.
net::awaitable<void> PartWork::discard_if_over() {
    const auto now = co_await powers_.videos.find(job_.video);
    if (now && now->edition == job_.edition && now->status != VideoStatus::Failed) co_return;
    for (const std::string& each : keys_) (void)co_await powers_.blobs.remove(each);
}

}  // namespace syncwatch
