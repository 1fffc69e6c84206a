#include "services/transcoding/transcode_worker.h"

#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/async/cancelled.h"
#include "base/log/context_executor.h"
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
            if (!more) more = co_await claim_part();
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
    const Result<> parts = co_await powers_.parts.reclaim_parts(options_.name);
    // Then the leases end by themselves.
    if (!parts) log::warning("transcode.not_reclaimed", {{"error", parts.error().message}});
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
    const auto executor = in_name_of(taken.cause);
    tasks_.spawn_on(executor, "job", work_on(std::move(taken)));
    co_return true;
}

net::awaitable<bool> TranscodeWorker::claim_part() {
    const PartRules& rules = options_.job.parts;
    if (rules.length == rules.length.zero()) co_return false;
    auto part = co_await powers_.parts.claim_part(options_.name, powers_.clock.wall(),
                                                  options_.job.lease, rules.most_attempts);
    if (!part) {
        log::warning("transcode.part_not_claimed", {{"error", part.error().message}});
        co_return false;
    }
    if (!*part) co_return false;
    PartJob taken = std::move(**part);
    const auto executor = in_name_of(taken.cause);
    tasks_.spawn_on(executor, "part", help(std::move(taken)));
    co_return true;
}

net::any_io_executor TranscodeWorker::in_name_of(const std::string& cause) const {
    return log::ContextExecutor(executor_, std::make_shared<const std::string>(cause));
}

net::awaitable<void> TranscodeWorker::help(PartJob part) {
    const VideoId video = part.video;
    PartWork::Powers powers{powers_.parts, powers_.videos, powers_.blobs, powers_.transcoder,
                            powers_.clock};
    PartWork work(powers, options_.job.lease, std::move(part), co_await net::this_coro::executor);
    const auto here = under_way_.emplace(video, [&work] { work.look_again(); });
    {
        const std::lock_guard lock(mutex_);
        ++status_.running;
    }
    const bool made = co_await work.run();
    under_way_.erase(here);
    {
        const std::lock_guard lock(mutex_);
        --status_.running;
        if (made) ++status_.parts;
    }
    wake_.cancel();
}

net::awaitable<void> TranscodeWorker::work_on(Job job) {
    const VideoId video = job.video;
    FilmJob::Powers powers{powers_.jobs,  powers_.parts,      powers_.videos,
                           powers_.blobs, powers_.transcoder, powers_.clock};
    FilmJob work(powers, options_.job, std::move(job), co_await net::this_coro::executor,
                 [this, video] { announce(video); });
    const auto here = under_way_.emplace(video, [&work] { work.look_again(); });
    {
        const std::lock_guard lock(mutex_);
        ++status_.running;
    }
    const FilmJob::End end = co_await work.run();
    under_way_.erase(here);
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
    const auto [first, last] = under_way_.equal_range(*video);
    for (auto each = first; each != last; ++each) each->second();
    wake_.cancel();
}

}  // namespace syncwatch
