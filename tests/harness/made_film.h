#pragma once
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "harness/temp_folder.h"
#include "ports/transcoder.h"

namespace syncwatch {

/// What a shell command wrote to stdout. Throws where it fails.
inline std::string output_of(const std::string& command) {
    std::FILE* pipe = ::popen((command + " 2>/dev/null").c_str(), "r");
    if (pipe == nullptr) throw std::runtime_error("popen");
    std::string out;
    std::array<char, 4096> buffer;
    for (std::size_t n = 0; (n = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
        out.append(buffer.data(), n);
    }
    if (::pclose(pipe) != 0) throw std::runtime_error("failed: " + command);
    return out;
}

/// One stream that was made, as a player would put it together.
struct MadeStream {
    std::string init;
    std::string codecs;
    std::vector<MadeSegment> segments;

    std::string bytes() const {
        std::string all = init;
        for (const MadeSegment& each : segments) all += each.bytes;
        return all;
    }
};

/// Keeps what a run makes; can end it after some segments.
class MadeFilm final : public TranscodeListener {
public:
    Async<> on_init(std::string stream, MadeInit init) override {
        streams[stream].init = std::move(init.bytes);
        streams[stream].codecs = std::move(init.codecs);
        co_return Result<>();
    }
    Async<> on_segment(std::string stream, MadeSegment segment) override {
        streams[stream].segments.push_back(std::move(segment));
        if (--stop_after == 0) co_return fail(ErrorCode::Cancelled, "the test has enough");
        co_return Result<>();
    }
    void on_progress(TranscodeProgress progress) override { last_progress = progress; }

    std::map<std::string, MadeStream> streams;
    TranscodeProgress last_progress;
    int stop_after = -1;
};

/// A frame as a decoder gives it: when it is shown, counted from the first one, and the number that
/// is drawn into it (see make-clips.sh).
struct SeenFrame {
    double at = 0;
    int number = 0;
};

inline std::vector<SeenFrame> frames_in(const std::string& movie) {
    const TempFolder folder;
    const auto file = folder.path() / "movie.mp4";
    std::ofstream(file, std::ios::binary) << movie;
    std::istringstream times(
        output_of("ffprobe -v error -select_streams v:0 -show_entries "
                  "frame=pts_time -of csv=p=0 " +
                  file.string()));
    const std::string strips = output_of(
        "ffmpeg -v error -nostdin -i " + file.string() +
        " -fps_mode passthrough -vf crop=iw:ih/16:0:ih*15/16,scale=12:1:flags=area,format=gray"
        " -f rawvideo -");
    std::vector<SeenFrame> frames;
    for (std::string line; std::getline(times, line);) {
        if (line.empty()) continue;  // Where a frame has side data.
        SeenFrame frame;
        frame.at = std::strtod(line.c_str(), nullptr);
        const std::size_t first = frames.size() * 12;
        for (std::size_t bit = 0; bit < 12 && first + bit < strips.size(); ++bit) {
            if (static_cast<unsigned char>(strips[first + bit]) > 128) frame.number |= 1 << bit;
        }
        frames.push_back(frame);
    }
    // ffmpeg moves a movie whose frames are shown before they are decoded, as a whole.
    const double first = frames.empty() ? 0 : frames.front().at;
    for (SeenFrame& each : frames) each.at -= first;
    return frames;
}

/// Where the tone of a clip sets in, in seconds from the start of the sound.
inline std::vector<double> beeps_in(const std::string& movie) {
    const TempFolder folder;
    const auto file = folder.path() / "movie.mp4";
    std::ofstream(file, std::ios::binary) << movie;
    const std::string sound =
        output_of("ffmpeg -v error -nostdin -i " + file.string() + " -ac 1 -ar 48000 -f s16le -");
    std::vector<double> starts;
    int quiet = 48'000;
    for (std::size_t i = 0; i + 1 < sound.size(); i += 2) {
        const auto low = static_cast<unsigned char>(sound[i]);
        const int value =
            static_cast<std::int16_t>(low | static_cast<unsigned char>(sound[i + 1]) << 8);
        if (std::abs(value) < 2000) {
            ++quiet;
            continue;
        }
        if (quiet > 4'800) starts.push_back(static_cast<double>(i) / 2 / 48'000);
        quiet = 0;
    }
    return starts;
}

}  // namespace syncwatch
