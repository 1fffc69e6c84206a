#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "adapters/ffmpeg/init_segment.h"
#include "base/encoding.h"
#include "base/result.h"

namespace syncwatch::ffmpeg {

/// One coded frame, as the encoder wrote it. Times are ticks of the track.
struct CodedSample {
    std::int64_t decode_time = 0;
    std::uint32_t duration = 0;
    std::int32_t shown_after = 0;  ///< From decoding to showing.
    std::uint32_t flags = 0;
    ByteView bytes;

    /// Decoding can start here.
    bool is_sync() const { return (flags & 0x0001'0000) == 0; }
    std::int64_t shown_at() const { return decode_time + shown_after; }
};

/// Reads a fragmented MP4 of one track as it comes out of the encoder's pipe (ISO 14496-12, 8.8):
/// first the head, then frames, each as soon as its fragment is whole. A fragment that is cut off
/// gives nothing, so what was read is good when the encoder is killed.
class FragmentReader {
public:
    class Sink {
    public:
        virtual ~Sink() = default;
        /// Once, before any sample.
        virtual Result<> on_init(InitSegment init) = 0;
        /// In decoding order. The bytes are good during the call.
        virtual Result<> on_sample(const CodedSample& sample) = 0;
    };

    enum class Start : std::uint8_t { Head, Fragment };

    explicit FragmentReader(Sink& sink, Start start = Start::Head)
        : sink_(sink), has_init_(start == Start::Fragment) {}

    /// Any piece of the stream. Errors: Internal (not what an encoder of ours writes, a box beyond
    /// 256 MiB), and what the sink answers.
    Result<> feed(ByteView bytes);

private:
    struct Placed {
        CodedSample sample;
        std::size_t size = 0;
    };

    Result<> on_box(std::uint32_t type, ByteView whole, std::size_t head);
    Result<> on_moof(ByteView body);
    Result<> on_trun(ByteView body, std::int64_t& time, const CodedSample& defaults,
                     std::size_t default_size);
    Result<> on_mdat(ByteView body);

    Sink& sink_;
    std::string buffer_;
    std::string ftyp_;
    std::vector<Placed> fragment_;  ///< What the next mdat holds.
    bool has_init_;
};

}  // namespace syncwatch::ffmpeg
