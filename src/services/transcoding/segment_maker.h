#pragma once
#include <atomic>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/async/task_group.h"
#include "domain/media/media_keys.h"
#include "domain/transcode/plan.h"
#include "ports/blob_store.h"
#include "ports/bus.h"
#include "ports/clock.h"
#include "ports/object_ledger.h"
#include "ports/transcoder.h"
#include "ports/video_store.h"
#include "services/objects/object_maker.h"
#include "services/objects/object_tally.h"

namespace syncwatch {

/// Makes segments again of which no store has a whole copy: from the original, by the plan that the
/// film was made with, at the same boundaries. Pictures begin at the keyframe that each segment
/// begins with; sound a little before, on the same grid of frames; what is passed on unchanged with
/// the very packet that its segment began with. Only where a file cannot be read from the middle is
/// it read from its start. Where the encoder makes another head for the stream by now, the segment
/// gets one of its own.
///
/// Works on the executor of its transcoder; asked from any thread.
class SegmentMaker final : public ObjectMaker {
public:
    struct Powers {
        VideoStore& videos;
        ObjectLedger& ledger;
        BlobStore& blobs;
        Transcoder& transcoder;
        Bus& bus;
        Clock& clock;
        ObjectTally& tally;
    };
    /// Further ones are refused, and whoever waits tries again.
    static constexpr std::size_t kMostAtOnce = 4;

    SegmentMaker(Powers powers, net::any_io_executor executor);

    /// The executor runs now.
    void start() { state_ = State::Works; }
    /// Stops encoders, and waits for their end. On the executor.
    net::awaitable<void> end();

    Async<> make_again(std::string key, Instant deadline) override;

private:
    enum class State : std::uint8_t { Idle, Works, Ends };
    using Waiting = std::function<void(Result<>)>;
    struct Making {
        int next = 0;
        std::map<int, Waiting> waiting;
    };
    /// Everything that one making goes by.
    struct Order {
        PieceKey piece;
        Video video;
        TranscodePlan plan;
        std::filesystem::path source;
        Segment wanted;
        std::chrono::microseconds start{};
        int last_number = 0;  ///< Of the stream.
        int last_init = 0;
        bool is_encoded = false;
        bool from_start = false;  ///< The original is read from its start.
    };
    class Listener;

    Result<> check_works() const;
    void ask(const std::string& key, Instant deadline, Waiting waiting);
    net::awaitable<void> work(std::string key);
    net::awaitable<void> expire(std::string key, int number, Instant deadline);
    void settle(const std::string& key, const Result<>& outcome);

    Async<> make(std::string key);
    Async<Order> order(std::string key);
    Async<> run(const Order& order, Listener& listener);
    Async<> store(const Order& order, Listener& listener);
    Async<> store_init(const Order& order, MadeInit init);

    const Powers powers_;
    net::any_io_executor executor_;
    TaskGroup tasks_;
    std::atomic<State> state_{State::Idle};
    std::mutex mutex_;  // Guards makings_.
    std::map<std::string, Making> makings_;
};

}  // namespace syncwatch
