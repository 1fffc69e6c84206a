#include "adapters/ffmpeg/fragment_reader.h"

#include <cstdlib>

#include "adapters/ffmpeg/mp4_box.h"

namespace syncwatch::ffmpeg {
namespace {

constexpr std::size_t kLargestBox = 256u << 20;
constexpr std::uint32_t kMostSamples = 100'000;
/// Ticks: a year and more on any clock, and far from where numbers overflow.
constexpr std::int64_t kLatest = std::int64_t{1} << 42;

tl::unexpected<Error> bad_fragment(std::string what) {
    return fail(ErrorCode::Internal, "encoder's output: " + std::move(what));
}

}  // namespace

Result<> FragmentReader::feed(ByteView bytes) {
    buffer_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    std::size_t done = 0;
    Result<> outcome;
    while (outcome) {
        const ByteView rest = as_bytes(std::string_view(buffer_).substr(done));
        if (rest.size() < 8) break;
        BoxReader reader(rest);
        std::uint64_t size = reader.u32();
        const std::uint32_t type = reader.u32();
        std::size_t head = 8;
        if (size == 1) {
            if (rest.size() < 16) break;
            size = reader.u64();
            head = 16;
        }
        if (size < head || size > kLargestBox) return bad_fragment("a box of impossible size");
        if (rest.size() < size) break;
        outcome = on_box(type, rest.first(size), head);
        done += size;
    }
    buffer_.erase(0, done);
    return outcome;
}

Result<> FragmentReader::on_box(std::uint32_t type, ByteView whole, std::size_t head) {
    const ByteView body = whole.subspan(head);
    if (type == box_type("ftyp")) {
        ftyp_.assign(reinterpret_cast<const char*>(whole.data()), whole.size());
        return {};
    }
    if (type == box_type("moov")) {
        if (has_init_) return bad_fragment("a second head");
        has_init_ = true;
        SW_TRY(InitSegment init, make_init(as_bytes(ftyp_), whole));
        return sink_.on_init(std::move(init));
    }
    if (type == box_type("moof"))
        return has_init_ ? on_moof(body) : bad_fragment("frames before the head");
    if (type == box_type("mdat")) return on_mdat(body);
    return {};
}

Result<> FragmentReader::on_moof(ByteView body) {
    fragment_.clear();
    const auto traf = find_box(body, "traf");
    if (!traf) return bad_fragment("a fragment without a track");
    const auto tfhd = find_box(traf->body, "tfhd");
    const auto tfdt = find_box(traf->body, "tfdt");
    if (!tfhd || !tfdt) return bad_fragment("a fragment without its times");

    BoxReader fields(tfhd->body);
    const std::uint32_t flags = fields.u32() & 0xff'ffff;
    fields.skip(4);  // track
    if (flags & 0x01) fields.skip(8);
    if (flags & 0x02) fields.skip(4);
    CodedSample defaults;
    std::size_t default_size = 0;
    if (flags & 0x08) defaults.duration = fields.u32();
    if (flags & 0x10) default_size = fields.u32();
    if (flags & 0x20) defaults.flags = fields.u32();

    BoxReader times(tfdt->body);
    const bool wide = times.u32() >> 24 == 1;
    std::int64_t time = wide ? times.i64() : std::int64_t{times.u32()};
    if (!fields.is_good() || !times.is_good())
        return bad_fragment("a fragment whose head is cut off");
    if (std::abs(time) > kLatest) return bad_fragment("a fragment at an impossible time");

    ByteView boxes = traf->body;
    while (const auto box = take_box(boxes)) {
        if (box->type != box_type("trun")) continue;
        SW_CHECK(on_trun(box->body, time, defaults, default_size));
    }
    return {};
}

Result<> FragmentReader::on_trun(ByteView body, std::int64_t& time, const CodedSample& defaults,
                                 std::size_t default_size) {
    BoxReader fields(body);
    const std::uint32_t flags = fields.u32() & 0xff'ffff;
    const std::uint32_t count = fields.u32();
    if (count > kMostSamples) return bad_fragment("a fragment of too many frames");
    if (flags & 0x01) fields.skip(4);  // The one mdat that follows holds them in order.
    CodedSample first = defaults;
    if (flags & 0x04) first.flags = fields.u32();
    for (std::uint32_t i = 0; i < count; ++i) {
        Placed each;
        each.sample = i == 0 ? first : defaults;
        each.sample.decode_time = time;
        each.size = default_size;
        if (flags & 0x100) each.sample.duration = fields.u32();
        if (flags & 0x200) each.size = fields.u32();
        if (flags & 0x400) each.sample.flags = fields.u32();
        if (flags & 0x800) each.sample.shown_after = fields.i32();
        if (!fields.is_good()) return bad_fragment("a fragment whose table is cut off");
        time += each.sample.duration;
        if (time > kLatest) return bad_fragment("a frame at an impossible time");
        fragment_.push_back(each);
    }
    return {};
}

Result<> FragmentReader::on_mdat(ByteView body) {
    std::size_t at = 0;
    for (Placed& each : fragment_) {
        if (each.size > body.size() - at) return bad_fragment("a fragment shorter than its frames");
        each.sample.bytes = body.subspan(at, each.size);
        at += each.size;
        SW_CHECK(sink_.on_sample(each.sample));
    }
    fragment_.clear();
    return {};
}

}  // namespace syncwatch::ffmpeg
