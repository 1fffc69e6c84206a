#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "adapters/ffmpeg/fragment_reader.h"
#include "adapters/ffmpeg/segment_writer.h"
#include "domain/transcode/plan.h"
#include "ports/transcoder.h"

namespace syncwatch::ffmpeg {

/// Where the sound of a segment begins in encoded sound: frames follow one another from 0 on, and
/// this is the first that begins at the segment's time or behind it. In samples.
std::int64_t first_sound_frame(const TranscodePlan& plan, int segment, std::uint32_t sample_rate);
/// Of AAC-LC, in samples.
constexpr std::int64_t kSoundFrame = 1024;

/// Cuts one stream into segments and puts it on the film's time scale: position 0 is the film's
/// first picture, exactly, in every rung and every sound track.
///
/// Encoded pictures are cut after every `segment_frames` frames and counted, not timed. Copied ones
/// are cut at keyframes, as near after the same length as there is one. Sound is cut at the packet
/// boundary after the same times; what lies before 0 (the encoder's priming) is dropped. Encoded
/// sound is whole: frames of silence stand where the encoder made none, before, between and after.
class Segmenter final : public FragmentReader::Sink {
public:
    enum class Kind : std::uint8_t { EncodedPictures, CopiedPictures, Sound };

    /// The first frame of passed on pictures, on the file's own scale: all others are placed by it.
    struct Beginning {
        std::int64_t decode_time = 0;
        std::int32_t shown_after = 0;
    };

    struct Rule {
        Kind kind = Kind::EncodedPictures;
        const TranscodePlan* plan = nullptr;  ///< Outlives the segmenter.
        int first_segment = 0;
        /// Where that segment begins; only for what is passed on.
        std::chrono::microseconds first_start{};
        /// How the stream begins at 0; only for passed on pictures that begin later.
        std::optional<Beginning> beginning = std::nullopt;
        /// Channels of encoded AAC-LC, one or two, whose holes are filled; 0: holes stay.
        int fill_channels = 0;
        /// Nothing lies later: beyond it the file's times are nonsense.
        std::chrono::microseconds longest = std::chrono::hours(24);
    };

    explicit Segmenter(Rule rule) : rule_(rule), number_(rule.first_segment) {}

    /// Errors: Conflict (reason "cannot_copy"): what is copied does not begin with the film.
    /// Internal: the encoder did not do what it was told. MediaFailure::TooLong.
    Result<> on_init(InitSegment init) override;
    Result<> on_sample(const CodedSample& sample) override;
    /// The stream has come to its end: what is left is the last segment. Sound whose holes are
    /// filled, if there was any, goes on as silence until the film ends.
    void finish(std::chrono::microseconds film_end = {});
    bool is_sound() const { return rule_.kind == Kind::Sound; }

    std::optional<InitSegment> take_init() { return std::exchange(init_, std::nullopt); }
    std::vector<MadeSegment> take_segments() { return std::exchange(ready_, {}); }
    /// End of all that was taken in.
    std::chrono::microseconds end() const { return time_of(end_); }
    /// Of pictures that are passed on, once there were some.
    std::optional<Beginning> beginning() const { return beginning_; }

private:
    Result<> place_first(const CodedSample& sample);
    bool is_resumed_copy() const;
    Result<> find_copied(const CodedSample& sample);
    Result<> add_encoded(const CodedSample& sample);
    Result<> add_copied(const CodedSample& sample);
    Result<> add_sound(const CodedSample& sample);
    std::int64_t sound_begins() const;
    void add_silence(std::int64_t until);
    void add_sound_at_end(CodedSample sample);
    void add(const CodedSample& sample);
    void cut(std::int64_t at);
    std::chrono::microseconds time_of(std::int64_t ticks) const;
    std::int64_t ticks_of(std::chrono::microseconds time) const;

    const Rule rule_;
    std::optional<InitSegment> init_;
    std::uint32_t timescale_ = 0;
    bool placed_ = false;
    std::optional<Beginning> beginning_;
    std::int64_t shift_ = 0;  ///< From the encoder's decoding times to ours.
    std::int32_t first_shown_after_ = 0;
    std::int64_t frames_ = 0;  ///< Encoded ones, in the segment under way.
    int number_;
    std::int64_t start_ = 0;  ///< Of the segment under way.
    std::int64_t end_ = 0;
    SegmentWriter writer_;
    std::vector<MadeSegment> ready_;
};

}  // namespace syncwatch::ffmpeg
