#pragma once
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include <boost/asio/steady_timer.hpp>

#include "base/async/task_group.h"
#include "domain/transcode/judge.h"
#include "domain/transcode/plan.h"
#include "ports/blob_store.h"
#include "ports/clock.h"
#include "ports/job_store.h"
#include "ports/part_store.h"
#include "ports/transcoder.h"
#include "ports/video_store.h"
#include "services/transcoding/film_extras.h"
#include "services/transcoding/film_recorder.h"
#include "services/transcoding/job_verdict.h"
#include "services/transcoding/picture_parts.h"

namespace syncwatch {

/// One job, from its claim until it is finished, failed or given back. All on one executor.
///
/// A film that was begun by somebody else goes on after the segments that are recorded: the encoded
/// rungs from the last of them, sound and copied pictures from the start, because that costs little
/// and their pieces fit only in one piece; what is there already is not stored twice.
class FilmJob {
public:
    struct Powers {
        JobStore& jobs;
        PartStore& parts;
        VideoStore& videos;
        BlobStore& blobs;
        Transcoder& transcoder;
        Clock& clock;
    };
    struct Options {
        std::chrono::seconds lease{30};
        JobPatience patience = {};
        PlanSettings plan = {};
        SourceLimits limits = {};
        FilmRecorder::Options recorder = {};
        PartRules parts = {};
    };
    enum class End : std::uint8_t { Finished, Failed, PutOff, Lost, Stopped };

    /// `announce` is called after each durable change of the video.
    FilmJob(Powers powers, const Options& options, Job job, net::any_io_executor executor,
            std::function<void()> announce);

    /// Cancelled: stops the encoder and gives the job back at once.
    net::awaitable<End> run();
    /// Somebody else changed the video: is the job still ours?
    void look_again();
    VideoId video() const { return job_.video; }

private:
    struct Part {
        Transcoder::Run run;
        bool shared = false;  ///< By `pictures_`, with helpers.
        std::optional<Result<TranscodeEnd>> end;
    };

    Async<> work();
    Async<> begin();
    Async<> make_new_plan();
    Async<> open_recorder();
    Async<> ensure_report();
    std::vector<Part> parts();
    Async<std::chrono::microseconds> make_streams();
    Async<> wait_for_parts(std::vector<Part>& parts);
    net::awaitable<void> wait_for_change();
    net::awaitable<void> stop_making();
    Async<> finish(std::chrono::microseconds duration);
    bool may_replan(const Error& error) const;

    net::awaitable<void> make_part(Part& part);
    net::awaitable<void> make_extras();
    net::awaitable<void> keep_lease();
    net::awaitable<End> settle(Result<> outcome);
    net::awaitable<End> carry_out(Error error);
    void stop(Error why);

    const Powers powers_;
    const Options options_;
    const Job job_;
    const std::function<void()> announce_;
    net::any_io_executor executor_;
    Video video_;
    std::filesystem::path original_;
    TranscodePlan plan_;
    std::optional<SourceReport> report_;
    bool may_copy_ = true;
    std::unique_ptr<FilmRecorder> recorder_;
    std::unique_ptr<FilmExtras> extras_;
    std::unique_ptr<PictureParts> pictures_;  ///< nullptr: nobody can help with this film.
    TaskGroup::OnFault on_fault_;
    TaskGroup lease_;                    ///< Keeps the lease, as long as the job is ours.
    std::unique_ptr<TaskGroup> making_;  ///< The encoders, what records, what is beside.
    net::steady_timer changed_;          ///< Cancelled when a task is done or the job is to stop.
    net::steady_timer lease_timer_;
    std::optional<Error> stopped_;
    bool extras_under_way_ = false;
};

}  // namespace syncwatch
