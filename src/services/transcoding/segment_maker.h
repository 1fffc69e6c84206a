#pragma once
#include <string>

#include "domain/media/media_keys.h"
#include "domain/transcode/plan.h"
#include "ports/blob_store.h"
#include "ports/bus.h"
#include "ports/clock.h"
#include "ports/object_ledger.h"
#include "ports/transcoder.h"
#include "ports/video_store.h"

namespace syncwatch {

/// Makes segments again of which no store has a whole copy: from the original, by the plan that the
/// film was made with, at the same boundaries. Pictures begin at the keyframe that each segment
/// begins with; sound a little before, on the same grid of frames; what is passed on unchanged with
/// the very packet that its segment began with. Only where a file cannot be read from the middle is
/// it read from its start. Where the encoder makes another head for the stream by now, the segment
/// gets one of its own.
class SegmentMaker {
public:
    struct Powers {
        VideoStore& videos;
        ObjectLedger& ledger;
        BlobStore& blobs;
        Transcoder& transcoder;
        Bus& bus;
        Clock& clock;
    };

    explicit SegmentMaker(Powers powers) : powers_(powers) {}

    /// When it returns, the store, the ledger and the segment's row have it anew. Errors: as
    /// ObjectMaker::make_again.
    Async<> make(std::string key);

private:
    /// Everything that one making goes by.
    struct Order {
        PieceKey piece;
        TranscodePlan plan;
        SourceFile source;
        Segment wanted;
        std::chrono::microseconds start{};
        int last_number = 0;  ///< Of the stream.
        int last_init = 0;
        bool is_encoded = false;
        bool from_start = false;  ///< The original is read from its start.
    };
    class Listener;

    Async<Order> order(std::string key);
    Async<> run(const Order& order, Listener& listener);
    Async<> store(const Order& order, Listener& listener);
    Async<> store_init(const Order& order, MadeInit init);

    const Powers powers_;
};

}  // namespace syncwatch
