#pragma once
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/steady_timer.hpp>

#include "domain/transcode/plan.h"
#include "ports/blob_store.h"
#include "ports/clock.h"
#include "ports/job_store.h"
#include "ports/transcoder.h"

namespace syncwatch {

/// What one job has made so far, and how it becomes durable: objects at once, in the order of each
/// stream; the rows about them together, at most twice a second, with how far the film can be
/// watched. All on one executor.
class FilmRecorder final : public TranscodeListener {
public:
    struct Powers {
        BlobStore& blobs;
        JobStore& jobs;
        Clock& clock;
    };
    struct Options {
        std::uint64_t keep_free = 0;  ///< Bytes of the disk to leave alone.
        /// How long to wait for room on the disk, or for the store, before giving the job back.
        std::chrono::seconds patience = std::chrono::minutes(2);
        std::chrono::milliseconds look_again{2000};
        std::chrono::milliseconds least_pause{500};  ///< Between two records.
    };
    struct Film {
        VideoId video;
        int edition = 1;
        JobLease lease;
        TranscodePlan plan;
        std::vector<Rendition> renditions;     ///< Without codecs; empty: they are recorded.
        std::vector<AudioTrack> audio_tracks;  ///< The same.
    };
    /// `announce` is called after each durable change, `on_failure` when nothing more can be
    /// recorded.
    FilmRecorder(Powers powers, Options options, Film film, net::any_io_executor executor,
                 std::function<void()> announce, std::function<void(Error)> on_failure);

    /// Goes on where an earlier run ended. `segments`: all that are recorded. `video`: as it is.
    Async<> resume(Video video, std::vector<Segment> segments);
    /// A segment of encoded pictures that somebody else made and stored. It may come before those
    /// that lie between. Not taken: what is there, and what has not the length that it should have.
    void adopt(const Segment& segment);
    /// Segments of this stream that are there, without a gap.
    int count_of(const std::string& stream) const;
    bool has_tracks() const { return tracks_recorded_; }
    /// All segments of the lowest rung that are there.
    const std::vector<Segment>& segments_of_lowest() const { return lowest_; }

    Async<> on_init(std::string stream, MadeInit init) override;
    Async<> on_segment(std::string stream, MadeSegment segment) override;
    void on_progress(TranscodeProgress) override {}

    /// Stores an object of this film; its row comes with the next record. Errors: as on_segment.
    Async<> put(std::string key, std::string bytes);
    /// What else is to be recorded.
    void add(JobStep step);

    /// Records what there is, again and again, until it is cancelled or fails.
    net::awaitable<void> record();
    /// Nothing more is taken: whoever waits to hand something on is told so.
    void close();
    /// Records the end: the film is `duration` long, and ready. Sound beyond is thrown away. Not
    /// while record() runs.
    Async<> finish(std::chrono::microseconds duration);
    /// Throws away the objects that were stored and not recorded.
    net::awaitable<void> discard_unrecorded();

private:
    struct Waiting {
        Segment segment;
        std::optional<StoredBlob> object;  ///< Nothing: it is in the ledger already.
        std::chrono::microseconds start{};
        std::chrono::microseconds end{};
    };
    struct Stream {
        bool is_picture = false;
        bool has_init = false;
        bool is_given_up = false;  ///< A sound track of which nothing comes.
        int give_up_after = 0;     ///< Segments of pictures without it.
        int init = 0;
        std::string init_bytes;
        std::string codecs;
        int next = 0;                          ///< The number that is to come.
        std::chrono::microseconds end{};       ///< Of all that was stored.
        std::chrono::microseconds recorded{};  ///< End of what is recorded, or about to be.
        std::deque<Waiting> waiting;
        std::map<int, Waiting> ahead;  ///< Pictures behind a gap, by number.
    };

    void take(Stream& stream, Waiting waiting);
    Async<StoredBlob> store(std::string key, std::string bytes);
    Async<> check_space(std::size_t bytes);
    bool are_tracks_known();
    std::chrono::microseconds pictures_end() const;
    void take_waiting(JobStep& step, std::chrono::microseconds until);
    void add_tracks(JobStep& step);
    JobStep::Progress progress() const;
    std::optional<JobStep> next_step();
    Async<> flush();
    void wake();

    const Powers powers_;
    const Options options_;
    Film film_;
    const std::function<void()> announce_;
    const std::function<void(Error)> on_failure_;
    std::map<std::string, Stream, std::less<>> streams_;
    std::vector<Segment> lowest_;
    bool tracks_recorded_ = false;
    JobStep more_;  ///< Beside segments.
    bool dirty_ = false;
    bool closed_ = false;
    net::steady_timer changed_;   ///< Cancelled when something is to be recorded.
    net::steady_timer recorded_;  ///< Cancelled when something was.
    std::uint64_t since_look_ = 0;
    Instant began_at_{};
    std::chrono::microseconds began_from_{};
    bool began_ = false;
};

}  // namespace syncwatch
