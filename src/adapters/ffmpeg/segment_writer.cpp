#include "adapters/ffmpeg/segment_writer.h"

#include <algorithm>
#include <utility>

#include "adapters/ffmpeg/mp4_box.h"

namespace syncwatch::ffmpeg {
namespace {

// ISO 14496-12, 8.8.7 and 8.8.8.
constexpr std::uint32_t kBaseIsMoof = 0x02'0000;
constexpr std::uint32_t kDefaultDuration = 0x08;
constexpr std::uint32_t kDefaultFlags = 0x20;
constexpr std::uint32_t kDataOffset = 0x01;
constexpr std::uint32_t kFirstFlags = 0x04;
constexpr std::uint32_t kDurations = 0x100;
constexpr std::uint32_t kSizes = 0x200;
constexpr std::uint32_t kFlags = 0x400;
constexpr std::uint32_t kShownAfter = 0x800;
/// Version 1: frames may be shown before they are decoded, as far as numbers go.
constexpr std::uint32_t kSigned = 0x0100'0000;

}  // namespace

void SegmentWriter::add(const CodedSample& sample) {
    if (samples_.empty()) decode_time_ = sample.decode_time;
    samples_.push_back({sample.duration, static_cast<std::uint32_t>(sample.bytes.size()),
                        sample.flags, sample.shown_after});
    data_.append(reinterpret_cast<const char*>(sample.bytes.data()), sample.bytes.size());
}

std::string SegmentWriter::finish(int number) {
    const Entry first = samples_.front();
    const std::uint32_t later = samples_.back().flags;
    const auto all = [this](auto same) { return std::ranges::all_of(samples_, same); };
    const bool one_duration =
        all([&](const Entry& each) { return each.duration == first.duration; });
    const bool plain_flags = std::all_of(samples_.begin() + 1, samples_.end(),
                                         [&](const Entry& each) { return each.flags == later; });
    const bool in_order = all([](const Entry& each) { return each.shown_after == 0; });

    std::uint32_t has = kDataOffset | kSizes;
    if (!one_duration) has |= kDurations;
    if (!in_order) has |= kShownAfter;
    if (!plain_flags) {
        has |= kFlags;
    } else if (first.flags != later) {
        has |= kFirstFlags;
    }

    BoxWriter out;
    const std::size_t moof = out.begin("moof");
    const std::size_t mfhd = out.begin("mfhd");
    out.u32(0);
    out.u32(static_cast<std::uint32_t>(number + 1));
    out.end(mfhd);
    const std::size_t traf = out.begin("traf");
    const std::size_t tfhd = out.begin("tfhd");
    out.u32(kBaseIsMoof | kDefaultDuration | kDefaultFlags);
    out.u32(1);
    out.u32(first.duration);
    out.u32(later);
    out.end(tfhd);
    const std::size_t tfdt = out.begin("tfdt");
    out.u32(kSigned);
    out.u64(static_cast<std::uint64_t>(decode_time_));
    out.end(tfdt);
    const std::size_t trun = out.begin("trun");
    out.u32(kSigned | has);
    out.u32(static_cast<std::uint32_t>(samples_.size()));
    const std::size_t offset = out.size();
    out.u32(0);
    if (has & kFirstFlags) out.u32(first.flags);
    for (const Entry& each : samples_) {
        if (has & kDurations) out.u32(each.duration);
        out.u32(each.size);
        if (has & kFlags) out.u32(each.flags);
        if (has & kShownAfter) out.u32(static_cast<std::uint32_t>(each.shown_after));
    }
    out.end(trun);
    out.end(traf);
    out.end(moof);
    out.set_u32(offset, static_cast<std::uint32_t>(out.size() + 8));
    const std::size_t mdat = out.begin("mdat");
    out.bytes(data_);
    out.end(mdat);
    samples_.clear();
    data_.clear();
    return out.take();
}

}  // namespace syncwatch::ffmpeg
