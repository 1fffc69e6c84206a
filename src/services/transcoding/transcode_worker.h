#pragma once
#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include <boost/asio/steady_timer.hpp>

#include "base/async/task_group.h"
#include "ports/bus.h"
#include "services/transcoding/film_job.h"
#include "services/transcoding/part_work.h"

namespace syncwatch {

/// Turns uploads into films: claims jobs and works on a few at once; where there is none, parts of
/// long films that others work on. Several workers on one database share both by their leases.
///
/// On an executor that is one thread and serves no rooms: media is read and cut on it, and encoders
/// are its children.
class TranscodeWorker {
public:
    struct Powers {
        JobStore& jobs;
        PartStore& parts;
        VideoStore& videos;
        BlobStore& blobs;
        Transcoder& transcoder;
        Bus& bus;
        Clock& clock;
    };
    struct Options {
        /// Names this worker among all on the database, also after a restart.
        std::string name = "worker";
        int concurrency = 1;  ///< Jobs at once. Each uses all cores by itself.
        std::chrono::milliseconds poll{5000};
        FilmJob::Options job = {};
    };
    /// For health and metrics.
    struct Status {
        std::string version;  ///< Of the encoder; empty: not known yet.
        std::string problem;  ///< Why it cannot work; empty: it can.
        int running = 0;
        std::int64_t finished = 0;
        std::int64_t failed = 0;
        std::int64_t parts = 0;  ///< Made of films of others.
    };

    TranscodeWorker(Powers powers, Options options, net::any_io_executor executor);
    ~TranscodeWorker();

    /// Until it is cancelled; then encoders are stopped and jobs given back, within a second or
    /// two.
    net::awaitable<void> run();
    /// Safe from any thread.
    Status status() const;

private:
    net::awaitable<bool> prepare();
    net::awaitable<void> take_back();
    net::awaitable<bool> claim_one();
    net::awaitable<bool> claim_part();
    net::awaitable<void> work_on(Job job);
    /// Whose lines of the log name the request that the work came from.
    net::any_io_executor in_name_of(const std::string& cause) const;
    net::awaitable<void> help(PartJob part);
    net::awaitable<void> pause(std::chrono::milliseconds at_most);
    void on_change(const std::string& id);
    void announce(VideoId video);

    const Powers powers_;
    const Options options_;
    net::any_io_executor executor_;
    TaskGroup tasks_;
    net::steady_timer wake_;
    /// Whom to tell that a video was changed. Of a film that is helped with there may be several
    /// parts.
    std::multimap<VideoId, std::function<void()>> under_way_;
    std::map<VideoId, int> own_notices_;  ///< Announced by us, not come back yet.
    std::unique_ptr<Bus::Subscription> changes_;
    mutable std::mutex mutex_;  // Guards status_.
    Status status_;
};

}  // namespace syncwatch
