#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/async/async.h"
#include "domain/transcode/ladder.h"
#include "domain/transcode/plan.h"
#include "domain/transcode/source_report.h"
#include "ports/source_file.h"

namespace syncwatch {

/// A finished piece of one stream, as a player fetches it (fMP4).
struct MadeSegment {
    int number = 0;  ///< From 0 at the film's start, whichever run made it.
    /// On the film's time scale; one ends where the next one starts.
    std::chrono::microseconds start{};
    std::chrono::microseconds end{};
    std::string bytes;
};

/// What players need before the segments of a stream.
struct MadeInit {
    std::string bytes;
    std::string codecs;  ///< RFC 6381.
};

struct TranscodeProgress {
    std::chrono::microseconds position{};  ///< How far the encoder is.
    double speed = 0;                      ///< Film per time; 0: not known yet.
};

/// What a run did when it came to its end by itself.
struct TranscodeEnd {
    std::map<std::string, std::chrono::microseconds> ends;  ///< Of each stream that was made.
    std::int64_t decode_errors = 0;                         ///< Places where the file was broken.
    std::chrono::microseconds cpu_time{};                   ///< The encoder's.
    std::int64_t peak_memory = 0;                           ///< Bytes.
};

/// Hears what a run makes. All calls come on the executor that runs it; a stream's own calls come
/// in order, one after the other; the encoder waits while they are slow.
class TranscodeListener {
public:
    virtual ~TranscodeListener() = default;
    /// An error ends the run with it.
    virtual Async<> on_init(std::string stream, MadeInit init) = 0;
    virtual Async<> on_segment(std::string stream, MadeSegment segment) = 0;
    virtual void on_progress(TranscodeProgress progress) = 0;
};

/// Turns files that strangers sent into films. What it runs is fenced in: limits on time, memory
/// and output, no network, no other files; it dies with the server. A cancelled call leaves nothing
/// running and fails with Cancelled.
///
/// Errors of all calls: InvalidInput (the file's own fault; reason: the code of a MediaFailure),
/// Unavailable (component "transcoder"; reason: such a code too), Cancelled.
class Transcoder {
public:
    /// The part of a plan that one run makes.
    struct Run {
        TranscodePlan plan;
        SourceFile source;
        /// Names of the plan's streams.
        std::vector<std::string> streams;
        /// Above 0 only if all `streams` are encoded pictures, or all are encoded sound, or it is
        /// one that is passed on: those before are there already. Encoded sound then fits at its
        /// beginning to a hair, which is heard less than a hole.
        int first_segment = 0;
        /// Where that segment begins, for a stream that is passed on: the file decides where its
        /// segments lie.
        std::chrono::microseconds first_start{};
        /// Where it ends, that segment not among them; 0: with the film. Only what is encoded.
        int last_segment = 0;
    };
    struct Picture {
        int source_video = 0;
        Transfer transfer = Transfer::Sdr;
        PictureSize size;                ///< Not larger than this, in the film's shape.
        std::chrono::microseconds at{};  ///< On the file's own scale, counted from its start.
    };

    /// What the programs at hand can do.
    struct Abilities {
        std::string version;
        bool can_tone_map = false;  ///< HDR for ordinary screens.
    };

    virtual ~Transcoder() = default;

    /// Looks at what is at hand; the other calls do it themselves when nobody did. Errors:
    /// Unavailable (component "transcoder"): it cannot work here, and why.
    virtual Async<Abilities> prepare() = 0;
    /// What the file holds. Quick whatever its size: it reads the head, the index, and samples.
    virtual Async<SourceReport> probe(std::filesystem::path source) = 0;
    /// Also: Conflict (reason "cannot_copy": the copied streams cannot be passed on after all, or
    /// not from `first_start` on),
    /// Exhausted (a limit of the server: disk).
    virtual Async<TranscodeEnd> run(Run run, TranscodeListener& listener) = 0;
    /// One picture of the film as JPEG; empty if there is none at that place.
    virtual Async<std::string> picture(SourceFile source, Picture wanted) = 0;
    /// Subtitles as WebVTT, one text for each of `streams`, in one reading of the file; `origin` as
    /// in the plan.
    virtual Async<std::vector<std::string>> subtitles(SourceFile source, std::vector<int> streams,
                                                      std::chrono::microseconds origin) = 0;
    /// The first frame of a segment by itself: small enough to be kept until a sheet is full.
    /// Empty: it is no segment.
    virtual std::string first_frame(const std::string& segment) const = 0;
    /// Small pictures side by side, as JPEG: `frames` are first frames of segments, at most one
    /// sheet's, of the stream with this init.
    virtual Async<std::string> sprite_sheet(std::string init, std::vector<std::string> frames,
                                            PictureSize tile) = 0;
};

}  // namespace syncwatch
