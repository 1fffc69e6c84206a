#include "adapters/ffmpeg/init_segment.h"

#include <fmt/format.h>

#include "adapters/ffmpeg/mp4_box.h"

namespace syncwatch::ffmpeg {
namespace {

tl::unexpected<Error> bad_init(std::string what) {
    return fail(ErrorCode::Internal, "init segment: " + std::move(what));
}

std::string_view text(ByteView bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Copies boxes, leaving out edit lists wherever they stand.
void copy_without_edits(ByteView boxes, BoxWriter& out) {
    const ByteView all = boxes;
    while (!boxes.empty()) {
        const ByteView before = boxes;
        const auto box = take_box(boxes);
        if (!box) {
            // No boxes after all: keep it as it is.
            out.bytes(text(before.empty() ? all : before));
            return;
        }
        if (box->type == box_type("edts")) continue;
        const ByteView whole = before.first(before.size() - boxes.size());
        if (box->type != box_type("trak")) {
            out.bytes(text(whole));
            continue;
        }
        const std::size_t begun = out.begin("trak");
        copy_without_edits(box->body, out);
        out.end(begun);
    }
}

Result<std::string> codec_of(ByteView sample_entries) {
    BoxReader head(sample_entries);
    head.skip(8);  // version, flags, count
    if (const auto entry = find_box(head.rest(), "avc1")) {
        BoxReader fields(entry->body);
        fields.skip(78);
        const auto avcc = find_box(fields.rest(), "avcC");
        if (!avcc || avcc->body.size() < 4) return bad_init("avc1 without avcC");
        const ByteView b = avcc->body;
        return fmt::format("avc1.{:02x}{:02x}{:02x}", b[1], b[2], b[3]);
    }
    // The encoder makes nothing but AAC-LC, and nothing else is passed on.
    if (find_box(head.rest(), "mp4a")) return std::string("mp4a.40.2");
    return bad_init("neither H.264 nor AAC");
}

}  // namespace

Result<InitSegment> make_init(ByteView ftyp, ByteView moov) {
    ByteView rest = moov;
    const auto box = take_box(rest);
    if (!box || box->type != box_type("moov")) return bad_init("no moov");
    const auto trak = find_box(box->body, "trak");
    if (!trak) return bad_init("no track");

    InitSegment init;
    const auto mdhd = find_box(trak->body, {"mdia", "mdhd"});
    if (!mdhd) return bad_init("no mdhd");
    BoxReader fields(mdhd->body);
    const bool wide = fields.u8() == 1;
    fields.skip(wide ? 19 : 11);  // flags, both times
    init.timescale = fields.u32();
    if (!fields.is_good() || init.timescale == 0) return bad_init("no time scale");

    const auto stsd = find_box(trak->body, {"mdia", "minf", "stbl", "stsd"});
    if (!stsd) return bad_init("no sample entries");
    SW_TRY(init.codecs, codec_of(stsd->body));

    BoxWriter out;
    out.bytes(text(ftyp));
    const std::size_t begun = out.begin("moov");
    copy_without_edits(box->body, out);
    out.end(begun);
    init.bytes = out.take();
    return init;
}

}  // namespace syncwatch::ffmpeg
