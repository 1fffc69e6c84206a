#include "domain/transcode/plan_text.h"

#include <array>
#include <charconv>
#include <optional>

#include <fmt/format.h>

namespace syncwatch {
namespace {

using std::chrono::microseconds;

constexpr std::array<std::string_view, 3> kTransfers = {"sdr", "pq", "hlg"};
constexpr std::size_t kMostStreams = 64;

std::string_view how(bool copy) {
    return copy ? "copy" : "encode";
}

/// The words of one line, taken one after the other. Once a word does not fit, the line is bad.
class Words {
public:
    explicit Words(std::string_view line) : rest_(line) {}

    std::string_view word() {
        const std::size_t end = std::min(rest_.find(' '), rest_.size());
        const std::string_view taken = rest_.substr(0, end);
        if (taken.empty()) good_ = false;
        rest_.remove_prefix(std::min(end + 1, rest_.size()));
        return taken;
    }
    template <class Integer>
    Integer number() {
        const std::string_view taken = word();
        Integer value{};
        const char* const end = taken.data() + taken.size();
        const auto read = std::from_chars(taken.data(), end, value);
        if (read.ec != std::errc() || read.ptr != end) good_ = false;
        return value;
    }
    microseconds micros() { return microseconds(number<std::int64_t>()); }
    bool choice(std::string_view yes, std::string_view no) {
        const std::string_view taken = word();
        if (taken != yes && taken != no) good_ = false;
        return taken == yes;
    }
    void reject() { good_ = false; }
    bool is_done() const { return good_ && rest_.empty(); }

private:
    std::string_view rest_;
    bool good_ = true;
};

void read_frames(Words& words, TranscodePlan& plan) {
    const auto rate = Rational::parse(words.word());
    if (!rate || !rate->is_known()) return words.reject();
    plan.rate = *rate;
    plan.segment_frames = words.number<int>();
    plan.deinterlace = words.choice("interlaced", "progressive");
    const std::string_view transfer = words.word();
    for (std::size_t i = 0; i < kTransfers.size(); ++i) {
        if (kTransfers[i] != transfer) continue;
        plan.transfer = static_cast<Transfer>(i);
        return;
    }
    words.reject();
}

PictureStream read_picture(Words& words) {
    PictureStream made;
    made.stream = words.word();
    made.name = words.word();
    made.width = words.number<int>();
    made.height = words.number<int>();
    made.copy = words.choice("copy", "encode");
    made.peak_bits = words.number<std::int64_t>();
    made.level = words.number<int>();
    return made;
}

SoundStream read_sound(Words& words) {
    SoundStream made;
    made.stream = words.word();
    made.source = words.number<int>();
    made.copy = words.choice("copy", "encode");
    made.channels = words.number<int>();
    made.sample_rate = words.number<int>();
    made.bits_per_second = words.number<std::int64_t>();
    made.begins = words.micros();
    return made;
}

bool read_line(std::string_view line, TranscodePlan& plan) {
    Words words(line);
    const std::string_view kind = words.word();
    if (kind == "source") {
        plan.source_video = words.number<int>();
        plan.origin = words.micros();
        plan.file_start = words.micros();
        plan.duration = words.micros();
        plan.hold = words.micros();
    } else if (kind == "frames") {
        read_frames(words, plan);
    } else if (kind == "encode") {
        plan.preset = words.word();
        plan.quality = words.number<int>();
    } else if (kind == "picture") {
        plan.pictures.push_back(read_picture(words));
    } else if (kind == "sound") {
        plan.sounds.push_back(read_sound(words));
    } else if (kind == "text") {
        const std::string id(words.word());
        plan.texts.push_back({id, words.number<int>()});
    } else {
        return false;
    }
    return words.is_done();
}

}  // namespace

std::string plan_text(const TranscodePlan& plan) {
    std::string out = "plan 1\n";
    out += fmt::format("source {} {} {} {} {}\n", plan.source_video, plan.origin.count(),
                       plan.file_start.count(), plan.duration.count(), plan.hold.count());
    out += fmt::format("frames {} {} {} {}\n", plan.rate.text(), plan.segment_frames,
                       plan.deinterlace ? "interlaced" : "progressive",
                       kTransfers[static_cast<std::size_t>(plan.transfer)]);
    out += fmt::format("encode {} {}\n", plan.preset, plan.quality);
    for (const PictureStream& each : plan.pictures) {
        out += fmt::format("picture {} {} {} {} {} {} {}\n", each.stream, each.name, each.width,
                           each.height, how(each.copy), each.peak_bits, each.level);
    }
    for (const SoundStream& each : plan.sounds) {
        out +=
            fmt::format("sound {} {} {} {} {} {} {}\n", each.stream, each.source, how(each.copy),
                        each.channels, each.sample_rate, each.bits_per_second, each.begins.count());
    }
    for (const TextStream& each : plan.texts) {
        out += fmt::format("text {} {}\n", each.id, each.source);
    }
    return out;
}

Result<TranscodePlan> parse_plan(std::string_view text) {
    TranscodePlan plan;
    bool first = true;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        if (end == std::string_view::npos) return fail(ErrorCode::Corrupt, "plan: cut off");
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(end + 1);
        const bool good = first ? line == "plan 1" : read_line(line, plan);
        if (!good) return fail(ErrorCode::Corrupt, "plan: bad line: " + std::string(line));
        first = false;
    }
    const std::size_t streams = plan.pictures.size() + plan.sounds.size();
    if (plan.pictures.empty() || streams > kMostStreams || plan.segment_frames <= 0 ||
        plan.preset.empty()) {
        return fail(ErrorCode::Corrupt, "plan: not whole");
    }
    return plan;
}

}  // namespace syncwatch
