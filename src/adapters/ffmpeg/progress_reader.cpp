#include "adapters/ffmpeg/progress_reader.h"

#include <charconv>

namespace syncwatch::ffmpeg {
namespace {

constexpr std::size_t kLongestFigure = 256;

template <class Number>
void read_number(std::string_view text, Number& into) {
    while (text.starts_with(' ')) text.remove_prefix(1);
    Number value{};
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    if (read.ec == std::errc()) into = value;
}

}  // namespace

bool ProgressReader::feed(std::string_view piece) {
    block_ended_ = false;
    for (const char c : piece) {
        if (c == '\n') {
            on_line();
            line_.clear();
        } else if (line_.size() < kLongestFigure) {
            line_.push_back(c);
        }
    }
    return block_ended_;
}

void ProgressReader::on_line() {
    const std::string_view line = line_;
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) return;
    const std::string_view key = line.substr(0, equals);
    const std::string_view value = line.substr(equals + 1);
    if (key == "frame") {
        read_number(value, frames_);
    } else if (key == "out_time_us") {
        read_number(value, position_us_);
    } else if (key == "speed") {
        read_number(value, speed_);
    } else if (key == "progress") {
        ended_ = value == "end";
        block_ended_ = true;
    }
}

}  // namespace syncwatch::ffmpeg
