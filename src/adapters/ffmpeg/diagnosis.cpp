#include "adapters/ffmpeg/diagnosis.h"

#include <algorithm>
#include <array>

namespace syncwatch::ffmpeg {
namespace {

constexpr std::size_t kTail = 8 << 10;
constexpr std::size_t kLongestLine = 2 << 10;
constexpr std::size_t kLongestComplaint = 300;

struct Sign {
    std::string_view text;
    MediaFailure means;
};
/// Looked for in this order: the plainer ones first.
constexpr Sign kSigns[] = {
    {"No such file or directory", MediaFailure::OriginalMissing},
    {"Permission denied", MediaFailure::OriginalMissing},
    {"No space left on device", MediaFailure::StorageFull},
    {"Cannot allocate memory", MediaFailure::TranscodeFailed},
    {"Format not on whitelist", MediaFailure::NotAVideo},
    {"Unknown decoder", MediaFailure::UnsupportedCodec},
    {"no decoder found for", MediaFailure::UnsupportedCodec},
    {"not found for input stream", MediaFailure::UnsupportedCodec},
    {"matches no streams", MediaFailure::NoVideo},
    {"does not contain any stream", MediaFailure::NoVideo},
    {"Error while decoding", MediaFailure::Damaged},
    {"Error submitting packet to decoder", MediaFailure::Damaged},
    {"Decode error rate", MediaFailure::Damaged},
    {"nothing was encoded", MediaFailure::Damaged},
    {"Picture size", MediaFailure::TooManyPixels},
};

/// Words of decoders and readers that met what should not be there.
constexpr std::string_view kDamage[] = {"Error while decoding",
                                        "error while decoding",
                                        "Error submitting packet to decoder",
                                        "Invalid NAL",
                                        "corrupt",
                                        "partial file",
                                        "concealing",
                                        "Packet mismatch",
                                        "decode_slice_header error",
                                        "invalid data",
                                        "truncated",
                                        "Invalid data found"};

bool holds(std::string_view text, std::string_view word) {
    return text.find(word) != std::string_view::npos;
}

}  // namespace

MediaFailure diagnose(std::string_view errors, const program::End& end, bool has_film_mark) {
    // Killed by a limit of ours, or from outside: nothing about the file is known.
    if (end.signal != 0) return MediaFailure::TranscodeFailed;
    for (const Sign& each : kSigns) {
        if (holds(errors, each.text)) return each.means;
    }
    if (holds(errors, "Invalid data found") || holds(errors, "End of file")) {
        return has_film_mark ? MediaFailure::Damaged : MediaFailure::NotAVideo;
    }
    return MediaFailure::TranscodeFailed;
}

bool begins_like_a_film(std::string_view head) {
    if (head.size() >= 12 && head.substr(4, 4) == "ftyp") return true;
    for (const std::string_view box : {"moov", "mdat", "wide", "free", "skip"}) {
        if (head.size() >= 12 && head.substr(4, 4) == box) return true;
    }
    for (const std::string_view mark :
         {std::string_view("\x1a\x45\xdf\xa3"), std::string_view("OggS"),
          std::string_view("FLV\x01"), std::string_view("\x30\x26\xb2\x75\x8e\x66\xcf\x11"),
          std::string_view("\0\0\1\xba", 4), std::string_view(".RMF")}) {
        if (head.starts_with(mark)) return true;
    }
    return head.starts_with("RIFF") && head.size() >= 12 && head.substr(8, 4) == "AVI ";
}

std::string last_complaint(std::string_view errors) {
    while (!errors.empty() && errors.back() == '\n') errors.remove_suffix(1);
    const std::size_t start = errors.rfind('\n');
    std::string line(start == std::string_view::npos ? errors : errors.substr(start + 1));
    for (char& c : line) {
        if (static_cast<unsigned char>(c) < 0x20) c = ' ';
    }
    if (line.size() > kLongestComplaint) line.resize(kLongestComplaint);
    return line;
}

void DamageCount::feed(std::string_view piece) {
    tail_ += piece;
    if (tail_.size() > kTail) tail_.erase(0, tail_.size() - kTail);
    for (const char c : piece) {
        if (c != '\n') {
            if (line_.size() < kLongestLine) line_.push_back(c);
            continue;
        }
        const bool tells = std::ranges::any_of(
            kDamage, [this](std::string_view word) { return holds(line_, word); });
        if (tells) ++count_;
        line_.clear();
    }
}

}  // namespace syncwatch::ffmpeg
