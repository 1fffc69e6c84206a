#pragma once
#include <string>

#include "services/objects/making_queue.h"
#include "services/objects/object_maker.h"
#include "services/objects/object_tally.h"
#include "services/transcoding/extras_maker.h"
#include "services/transcoding/segment_maker.h"

namespace syncwatch {

/// Makes objects of films again of which no store has a whole copy, while players wait: what
/// belongs to a stream by the SegmentMaker, what stands beside them by the ExtrasMaker. What
/// somebody uploaded cannot be made again.
///
/// Works on the executor of its transcoder; asked from any thread.
class FilmRestorer final : public ObjectMaker {
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
    FilmRestorer(Powers powers, net::any_io_executor executor);

    /// The executor runs now.
    void start() { queue_.start(); }
    /// Stops encoders, and waits for their end. On the executor.
    net::awaitable<void> end() { return queue_.end(); }

    Async<> make_again(std::string key, Instant deadline) override;

private:
    Async<> make_noted(std::string key);
    Async<> make(std::string key);

    const Powers powers_;
    SegmentMaker segments_;
    ExtrasMaker extras_;
    MakingQueue queue_;
};

}  // namespace syncwatch
