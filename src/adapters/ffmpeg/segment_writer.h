#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "adapters/ffmpeg/fragment_reader.h"

namespace syncwatch::ffmpeg {

/// Collects coded frames and writes them as one media segment: one fragment of one track, in a form
/// that depends on nothing but the frames (CMAF, ISO 23000-19).
class SegmentWriter {
public:
    void add(const CodedSample& sample);
    bool is_empty() const { return samples_.empty(); }
    std::size_t size() const { return data_.size(); }
    /// The segment's bytes; the writer is empty again. `number` counts from 0.
    std::string finish(int number);

private:
    struct Entry {
        std::uint32_t duration;
        std::uint32_t size;
        std::uint32_t flags;
        std::int32_t shown_after;
    };

    std::int64_t decode_time_ = 0;
    std::vector<Entry> samples_;
    std::string data_;
};

}  // namespace syncwatch::ffmpeg
