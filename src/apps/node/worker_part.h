#pragma once
#include <future>
#include <memory>

#include "adapters/ffmpeg/ffmpeg_transcoder.h"
#include "apps/config/settings.h"
#include "apps/node/powers.h"
#include "apps/node/storage.h"
#include "base/async/shards.h"
#include "base/async/task_group.h"
#include "gateway/metrics/text.h"
#include "services/transcoding/film_restorer.h"
#include "services/transcoding/transcode_worker.h"

namespace syncwatch::apps {

/// How to run ffmpeg, as the settings have it.
ffmpeg::FfmpegTranscoder::Options transcoder_options(const config::Settings& settings);

/// The transcoder of this node, on `thread`, a shard of its own: what it reads and cuts must hold
/// up no room, and its encoders live as long as that thread, which is started and stopped here.
class WorkerPart {
public:
    WorkerPart(Shards& thread, Powers& powers, Storage& storage, const config::Settings& settings);
    /// Stops it, if nobody did.
    ~WorkerPart();

    /// Nothing where the node is not to transcode.
    void start();
    /// Stops encoders and gives jobs back, while others are still served. Never waits.
    void begin_stop();
    /// Waits until that is done.
    void stop();

    /// Makes objects again that are lost; only where the node transcodes.
    FilmRestorer& maker() { return maker_; }
    /// Safe from any thread.
    TranscodeWorker::Status status() const { return worker_.status(); }
    void write_metrics(metrics::Text& text) const;

private:
    net::awaitable<void> end();

    const bool works_;
    Shards& thread_;
    ffmpeg::FfmpegTranscoder transcoder_;
    TranscodeWorker worker_;
    FilmRestorer maker_;
    TaskGroup tasks_;
    std::future<void> ended_;
    bool running_ = false;
};

}  // namespace syncwatch::apps
