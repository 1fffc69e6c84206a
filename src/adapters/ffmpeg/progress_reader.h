#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace syncwatch::ffmpeg {

/// Reads what `-progress` writes: lines of key=value, in blocks that end with "progress=…".
class ProgressReader {
public:
    /// Any piece of it. True if a block ended in it.
    bool feed(std::string_view piece);

    std::int64_t frames() const { return frames_; }
    std::int64_t position_us() const { return position_us_; }
    double speed() const { return speed_; }
    /// It said that it came to its end.
    bool is_ended() const { return ended_; }

private:
    void on_line();

    std::string line_;
    std::int64_t frames_ = 0;
    std::int64_t position_us_ = 0;
    double speed_ = 0;
    bool ended_ = false;
    bool block_ended_ = false;
};

}  // namespace syncwatch::ffmpeg
