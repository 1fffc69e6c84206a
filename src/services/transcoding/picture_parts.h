#pragma once
#include <map>
#include <optional>
#include <string>

#include "ports/clock.h"
#include "ports/part_store.h"
#include "ports/transcoder.h"
#include "services/transcoding/film_recorder.h"

namespace syncwatch {

/// How long films are cut into parts.
struct PartRules {
    std::chrono::seconds length{60};  ///< Of a part; 0: nobody helps.
    int most_attempts = 2;            ///< Of helpers; then the job's holder makes the part.
    std::chrono::milliseconds look_every{1000};  ///< For what others made.
};

/// Segments in a part of such a film; 0: it is not worth cutting.
int segments_of_part(const TranscodePlan& plan, const PartRules& rules);

/// The encoded rungs of a long film, on the side of the job's holder: it makes them from the start
/// on in one run, and offers what lies ahead. Where somebody has taken the next part it leaves that
/// out and goes on with the first that nobody has. What others made is put in as it comes, and what
/// they leave behind it makes itself: alone it needs one run. The end of the film is always its
/// own. On the job's executor.
class PictureParts final : public TranscodeListener {
public:
    struct Powers {
        PartStore& parts;
        Transcoder& transcoder;
        Clock& clock;
    };

    /// `run`: of all encoded rungs. `lease`: of the job.
    PictureParts(Powers powers, PartRules rules, FilmRecorder& recorder, JobLease lease,
                 Transcoder::Run run);

    /// Until all pictures are there. As Transcoder::run.
    Async<TranscodeEnd> make();
    /// Puts in what helpers made, until it is cancelled.
    net::awaitable<void> follow();

    Async<> on_init(std::string stream, MadeInit init) override;
    Async<> on_segment(std::string stream, MadeSegment segment) override;
    void on_progress(TranscodeProgress) override {}

private:
    Async<> make_stretch(FilmPart stretch);
    Async<std::optional<FilmPart>> find_next();
    Async<> offer(int from);
    Async<> extend();
    Async<> adopt_made();
    bool all_reached(int number) const;
    int there() const;

    const Powers powers_;
    const PartRules rules_;
    FilmRecorder& recorder_;
    const JobLease lease_;
    const Transcoder::Run run_;
    const int length_;  ///< Segments of a part.
    int tail_ = 0;      ///< From here on nothing is offered.
    bool offered_ = false;
    // Of the run under way.
    int begin_ = 0;  ///< What it makes before is there.
    int limit_ = 0;  ///< It ends here, unless the next part can be had.
    bool extending_ = false;
    bool closing_ = false;
    std::map<std::string, int> reached_;  ///< Segments of each rung.
    std::optional<FilmPart> next_;        ///< Where to go on.
    std::optional<int> film_end_;         ///< Segments of the film, when the end was seen.
    TranscodeEnd end_;
};

}  // namespace syncwatch
