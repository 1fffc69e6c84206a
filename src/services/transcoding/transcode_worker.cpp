#include "services/transcoding/transcode_worker.h"

#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/async/cancelled.h"
#include "base/log/log.h"
#include "ports/topics.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

constexpr auto kLookForToolsEvery = 30s;

}  // namespace

TranscodeWorker::TranscodeWorker(Powers powers, Options options, net::any_io_executor executor)
    : powers_(powers),
      options_(std::move(options)),
      executor_(executor),
      tasks_(executor,
             [](const std::string& task, const std::string& what) {
                 log::error("transcode.fault", {{"task", task}, {"error", what}});
             }),
      wake_(executor) {
    auto changed = [this](const std::string& id) { on_change(id); };
    changes_ = powers_.bus.subscribe(topics::kVideoChanged, executor, std::move(changed));
}

TranscodeWorker::~TranscodeWorker() = default;

TranscodeWorker::Status TranscodeWorker::status() const {
    const std::lock_guard lock(mutex_);
    return status_;
}

net::awaitable<void> TranscodeWorker::run() {
    // Cancellation is only noted: jobs are given back in order.
    const bool throws = co_await net::this_coro::throw_if_cancelled();
    co_await net::this_coro::throw_if_cancelled(false);
    bool ready = false;
    for (bool stop = false; !stop;) {
        if (!ready) {
            ready = co_await prepare();
            if (ready) co_await take_back();
        }
        bool more = ready;
        while (more && tasks_.size() < static_cast<std::size_t>(options_.concurrency)) {
            more = co_await claim_one();
        }
        // What was cancelled in the middle of something else would not be told again.
        stop = co_await is_cancelled();
        if (stop) break;
        co_await pause(ready ? options_.poll : std::chrono::milliseconds(kLookForToolsEvery));
        stop = co_await is_cancelled();
    }
    tasks_.cancel();
    co_await tasks_.join();
    co_await net::this_coro::throw_if_cancelled(throws);
}

net::awaitable<void> TranscodeWorker::pause(std::chrono::milliseconds at_most) {
    wake_.expires_after(at_most);
    (void)co_await wake_.async_wait(net::as_tuple(net::use_awaitable));
}

net::awaitable<bool> TranscodeWorker::prepare() {
    const auto abilities = co_await powers_.transcoder.prepare();
    if (!abilities && abilities.error().code == ErrorCode::Cancelled) co_return false;
    const std::lock_guard lock(mutex_);
    if (!abilities) {
        const bool new_problem = status_.problem != abilities.error().message;
        status_.problem = abilities.error().message;
        if (new_problem) log::error("transcoder.unusable", {{"error", status_.problem}});
        co_return false;
    }
    status_.problem.clear();
    status_.version = abilities->version;
    log::info("transcoder.ready", {{"version", status_.version}});
    co_return true;
}

net::awaitable<void> TranscodeWorker::take_back() {
    const Result<> taken = co_await powers_.jobs.reclaim(options_.name);
    // Then the leases end by themselves.
    if (!taken) log::warning("transcode.not_reclaimed", {{"error", taken.error().message}});
}

net::awaitable<bool> TranscodeWorker::claim_one() {
    auto job = co_await powers_.jobs.claim(options_.name, powers_.clock.wall(), options_.job.lease);
    if (!job) {
        log::warning("transcode.not_claimed", {{"error", job.error().message}});
        co_return false;
    }
    if (!*job) co_return false;
    Job taken = std::move(**job);
    tasks_.spawn("job", work_on(std::move(taken)));
    co_return true;
}

net::awaitable<void> TranscodeWorker::work_on(Job job) {
    const VideoId video = job.video;
    FilmJob::Powers powers{powers_.jobs, powers_.videos, powers_.blobs, powers_.transcoder,
                           powers_.clock};
    FilmJob work(powers, options_.job, std::move(job), executor_,
                 [this, video] { announce(video); });
    under_way_[video] = &work;
    {
        const std::lock_guard lock(mutex_);
        ++status_.running;
    }
    const FilmJob::End end = co_await work.run();
    under_way_.erase(video);
    own_notices_.erase(video);
    {
        const std::lock_guard lock(mutex_);
        --status_.running;
        if (end == FilmJob::End::Finished) ++status_.finished;
        if (end == FilmJob::End::Failed) ++status_.failed;
    }
    wake_.cancel();
}

void TranscodeWorker::announce(VideoId video) {
    ++own_notices_[video];
    powers_.bus.publish(topics::kVideoChanged, video.text());
}

void TranscodeWorker::on_change(const std::string& id) {
    const auto video = VideoId::parse(id);
    if (!video) return;
    if (const auto own = own_notices_.find(*video); own != own_notices_.end()) {
        if (--own->second == 0) own_notices_.erase(own);
        return;
    }
    if (const auto found = under_way_.find(*video); found != under_way_.end()) {
        found->second->look_again();
    }
    wake_.cancel();
}

}  // namespace syncwatch
