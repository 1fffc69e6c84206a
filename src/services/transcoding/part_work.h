#pragma once
#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/steady_timer.hpp>

#include "base/async/task_group.h"
#include "domain/transcode/plan.h"
#include "ports/blob_store.h"
#include "ports/clock.h"
#include "ports/part_store.h"
#include "ports/transcoder.h"
#include "ports/video_store.h"

namespace syncwatch {

/// One part of a film that somebody else prepares, from its claim until it is made or given back.
/// All on one executor.
class PartWork final : public TranscodeListener {
public:
    struct Powers {
        PartStore& parts;
        VideoStore& videos;
        BlobStore& blobs;
        Transcoder& transcoder;
        Clock& clock;
    };

    PartWork(Powers powers, std::chrono::seconds lease, PartJob job, net::any_io_executor executor);

    /// Cancelled: stops the encoder and gives the part back at once. True: it is made.
    net::awaitable<bool> run();
    /// Somebody changed the video: is the part still ours?
    void look_again() { lease_timer_.cancel(); }

    Async<> on_init(std::string stream, MadeInit init) override;
    Async<> on_segment(std::string stream, MadeSegment segment) override;
    void on_progress(TranscodeProgress) override {}

private:
    /// What players have of a stream's head already.
    struct Head {
        int number = 0;
        std::string bytes;
    };

    net::awaitable<void> make();
    Async<> make_part();
    Async<> read_heads(std::vector<std::string> streams);
    Async<> flush();
    net::awaitable<void> keep_lease();
    net::awaitable<void> settle();
    net::awaitable<void> discard_if_over();

    const Powers powers_;
    const std::chrono::seconds lease_;
    const PartJob job_;
    TranscodePlan plan_;
    TaskGroup tasks_;
    net::steady_timer done_;  ///< Cancelled when the part is made, or cannot be.
    net::steady_timer lease_timer_;
    std::map<std::string, Head> heads_;
    std::map<std::string, int> next_;              ///< Of each stream.
    std::set<std::pair<std::string, int>> there_;  ///< Made by whoever had the part before.
    std::vector<Segment> segments_;                ///< Not recorded yet.
    std::vector<StoredBlob> objects_;
    std::vector<std::string> keys_;  ///< Of all that was stored.
    std::optional<Result<>> outcome_;
};

}  // namespace syncwatch
