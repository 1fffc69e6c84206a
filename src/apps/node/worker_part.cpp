#include "apps/node/worker_part.h"

#include <algorithm>
#include <thread>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include "base/log/task_fault.h"

namespace syncwatch::apps {
namespace {

unsigned cores() {
    return std::max(1u, std::thread::hardware_concurrency());
}

TranscodeWorker::Options worker_options(const config::Settings& settings, const Storage& storage) {
    TranscodeWorker::Options options;
    // Two nodes may have been given one name: neither takes the other's jobs.
    options.name = settings.node.name + "/" + storage.identity();
    options.concurrency = static_cast<int>(settings.media.jobs);
    options.job.parts.length = settings.media.part;
    options.job.lease = settings.media.lease;
    options.job.plan.cores = std::max(1u, cores() / std::max(1u, settings.media.jobs));
    options.job.plan.preset = settings.media.preset;
    options.job.limits.max_duration = settings.media.max_duration;
    options.job.recorder.keep_free = settings.uploads.keep_free;
    return options;
}

}  // namespace

ffmpeg::FfmpegTranscoder::Options transcoder_options(const config::Settings& settings) {
    ffmpeg::FfmpegTranscoder::Options options;
    options.ffmpeg = settings.media.ffmpeg;
    options.ffprobe = settings.media.ffprobe;
    options.scratch = settings.data.dir / "scratch";
    options.cores = cores();
    options.watchdog.longest_film = settings.media.max_duration;
    return options;
}

WorkerPart::WorkerPart(Shards& thread, Powers& powers, Storage& storage,
                       const config::Settings& settings)
    : works_(settings.media.work),
      thread_(thread),
      transcoder_(transcoder_options(settings)),
      worker_({powers.media, powers.media, powers.media, storage.blobs(), transcoder_, powers.bus(),
               powers.clock},
              worker_options(settings, storage), thread_.executor(0)),
      maker_({powers.media, powers.media, storage.blobs(), transcoder_, powers.bus(), powers.clock,
              storage.tally()},
             thread_.executor(0)),
      tasks_(thread_.executor(0), log::task_fault("worker.task_fault")) {}

WorkerPart::~WorkerPart() {
    stop();
    thread_.stop();
}

void WorkerPart::start() {
    if (!works_ || running_) return;
    running_ = true;
    thread_.run();
    maker_.start();
    net::post(thread_.executor(0), [this] { tasks_.spawn("worker", worker_.run()); });
}

net::awaitable<void> WorkerPart::end() {
    tasks_.cancel();
    co_await maker_.end();
    co_await tasks_.join();
}

void WorkerPart::begin_stop() {
    if (!running_ || ended_.valid()) return;
    ended_ = net::co_spawn(thread_.executor(0), end(), net::use_future);
}

void WorkerPart::stop() {
    begin_stop();
    if (ended_.valid()) ended_.get();
    running_ = false;
}

void WorkerPart::write_metrics(metrics::Text& text) const {
    const TranscodeWorker::Status now = status();
    text.gauge("syncwatch_transcodes_running", "Films that this node is preparing.",
               static_cast<double>(now.running));
    text.counter("syncwatch_transcodes_total", "Films that this node has prepared.",
                 static_cast<double>(now.finished), {{"result", "ready"}});
    text.counter("syncwatch_transcodes_total", "Films that this node has prepared.",
                 static_cast<double>(now.failed), {{"result", "failed"}});
    text.counter("syncwatch_transcode_parts_total",
                 "Parts that this node has made of films that others prepare.",
                 static_cast<double>(now.parts));
}

}  // namespace syncwatch::apps
