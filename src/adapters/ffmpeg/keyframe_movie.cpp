#include "adapters/ffmpeg/keyframe_movie.h"

#include "adapters/ffmpeg/fragment_reader.h"
#include "adapters/ffmpeg/segment_writer.h"

namespace syncwatch::ffmpeg {
namespace {

/// Takes the first frame of whatever it is told is the next segment.
class FirstFrames final : public FragmentReader::Sink {
public:
    Result<> on_init(InitSegment init) override {
        timescale_ = init.timescale;
        return {};
    }
    Result<> on_sample(const CodedSample& sample) override {
        if (taken_) return {};
        taken_ = true;
        CodedSample frame = sample;
        frame.decode_time = std::int64_t{count_} * timescale_;
        frame.duration = timescale_;
        frame.shown_after = 0;
        movie_.add(frame);
        ++count_;
        return {};
    }
    void next_segment() { taken_ = false; }
    std::string finish() { return movie_.is_empty() ? std::string() : movie_.finish(0); }

private:
    std::uint32_t timescale_ = 1;
    SegmentWriter movie_;
    int count_ = 0;
    bool taken_ = false;
};

}  // namespace

std::string keyframe_of(const std::string& segment) {
    FirstFrames frames;
    FragmentReader reader(frames, FragmentReader::Start::Fragment);
    if (!reader.feed(as_bytes(segment))) return {};
    return frames.finish();
}

Result<std::string> keyframe_movie(const std::string& init,
                                   const std::vector<std::string>& segments) {
    FirstFrames frames;
    FragmentReader reader(frames);
    SW_CHECK(reader.feed(as_bytes(init)));
    for (const std::string& each : segments) {
        frames.next_segment();
        SW_CHECK(reader.feed(as_bytes(each)));
    }
    std::string movie = frames.finish();
    if (movie.empty()) return fail(ErrorCode::Internal, "no frame in any segment");
    return init + movie;
}

}  // namespace syncwatch::ffmpeg
