#pragma once
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/steady_timer.hpp>

#include "adapters/ffmpeg/diagnosis.h"
#include "adapters/ffmpeg/fenced_child.h"
#include "adapters/ffmpeg/progress_reader.h"
#include "adapters/ffmpeg/read_end.h"
#include "adapters/ffmpeg/segmenter.h"
#include "base/async/task_group.h"
#include "domain/transcode/failure.h"
#include "ports/transcoder.h"

namespace syncwatch::ffmpeg {

/// When an encoder is given up.
struct Watchdog {
    std::chrono::milliseconds look_every{1000};
    /// Without a frame, a byte or a word of progress.
    std::chrono::seconds stall_after{90};
    /// In all: this long, and so many times the film's own length.
    std::chrono::seconds least_time = std::chrono::minutes(30);
    double times_film = 40;
    std::int64_t max_memory = std::int64_t{4} << 30;
    /// What a film may take beyond `times_peak` its peak rates: copied streams have peaks that
    /// nobody announced.
    std::int64_t slack = std::int64_t{256} << 20;
    double times_peak = 4;
    std::chrono::seconds longest_film = std::chrono::hours(12);

    std::chrono::seconds allowed_time(std::chrono::microseconds film) const;
};

/// One encoder process from start to end: reads its pipes, cuts segments, hands them on, watches.
/// Used once.
class EncoderRun {
public:
    /// `beginning`: of a passed on picture stream that does not begin with the film.
    EncoderRun(const net::any_io_executor& executor, Transcoder::Run run, Watchdog watchdog,
               TranscodeListener& listener,
               std::optional<Segmenter::Beginning> beginning = std::nullopt);

    /// As Transcoder::run. `spec` is the process to start, with a pipe for each stream.
    Async<TranscodeEnd> execute(FencedSpec spec);
    /// Of the run's first stream.
    std::optional<Segmenter::Beginning> beginning() const {
        return streams_.front()->segmenter.beginning();
    }

private:
    struct Stream {
        Stream(std::string name_in, Segmenter::Rule rule)
            : name(std::move(name_in)), segmenter(rule), reader(segmenter) {}

        std::string name;
        Segmenter segmenter;
        FragmentReader reader;
    };

    void add_stream(const std::string& name);
    Async<TranscodeEnd> start_and_end(FencedSpec spec);
    net::awaitable<void> run_to_the_end(program::Child& child);
    net::awaitable<void> pump(Stream& stream, ReadEnd pipe);
    Async<> pump_all(Stream& stream, ReadEnd& pipe);
    Async<> deliver(Stream& stream);
    net::awaitable<void> read_progress(ReadEnd pipe);
    net::awaitable<void> read_errors(ReadEnd pipe);
    net::awaitable<void> feed(UniqueFd listener, std::shared_ptr<PartialFile> file);
    net::awaitable<void> watch(program::Child& child);
    std::optional<Error> look(const program::Child& child);
    Async<TranscodeEnd> conclude(const program::End& end);
    void report_progress();
    void reader_done();
    void stop(Error why);
    std::chrono::microseconds position() const;
    std::chrono::microseconds end_of_film() const;

    net::any_io_executor executor_;
    const Transcoder::Run run_;
    const Watchdog watchdog_;
    const std::optional<Segmenter::Beginning> beginning_;
    TranscodeListener& listener_;
    std::vector<std::unique_ptr<Stream>> streams_;
    TaskGroup tasks_;
    net::steady_timer changed_;
    int reading_ = 0;
    std::optional<Error> stopped_;  ///< Why it is not to go on.
    ProgressReader progress_;
    DamageCount damage_;
    std::uint64_t bytes_ = 0;  ///< From all its pipes.
    int handing_on_ = 0;       ///< Calls of the listener under way.
    // The watchdog's own notes.
    std::uint64_t seen_bytes_ = 0;
    std::int64_t seen_frames_ = 0;
    std::int64_t seen_position_ = 0;
    std::chrono::milliseconds still_{0};
    std::chrono::milliseconds running_{0};
};

}  // namespace syncwatch::ffmpeg
