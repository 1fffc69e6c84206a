#include "adapters/ffmpeg/mp4_index.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapters/ffmpeg/mp4_box.h"
#include "base/unique_fd.h"

namespace syncwatch::ffmpeg {
namespace {

constexpr std::uint64_t kLargestIndex = 128u << 20;
constexpr int kMostBoxes = 10'000;  ///< At the top of a file; real ones have five.
constexpr std::size_t kMostTracks = 256;
/// Edit lists are written to the millisecond.
constexpr double kEditRounding = 0.2;

/// The rows of a full box: a count, then so many entries of one size.
struct Table {
    ByteView rows;
    std::uint32_t count = 0;
};

std::optional<Table> table_in(ByteView body, std::string_view name, std::size_t row_size) {
    const auto box = find_box(body, name);
    if (!box) return std::nullopt;
    BoxReader reader(box->body);
    reader.skip(4);
    Table table;
    table.count = reader.u32();
    table.rows = reader.rest();
    if (!reader.is_good() || table.rows.size() / row_size < table.count) return std::nullopt;
    return table;
}

/// Where each keyframe begins, from the tables of times and of keyframes.
class Times {
public:
    explicit Times(const Table& table) : reader_(table.rows), left_(table.count) {}

    /// Ticks at which sample `number` (from 0) begins; numbers must not go down.
    std::uint64_t at(std::uint64_t number) {
        while (number >= first_ + count_ && left_ > 0) {
            time_ += count_ * delta_;
            first_ += count_;
            count_ = reader_.u32();
            delta_ = reader_.u32();
            --left_;
        }
        return time_ + std::min(number - first_, count_) * delta_;
    }

private:
    BoxReader reader_;
    std::uint32_t left_;
    std::uint64_t first_ = 0;
    std::uint64_t time_ = 0;
    std::uint64_t count_ = 0;
    std::uint64_t delta_ = 0;
};

struct Length {
    std::uint64_t samples = 0;
    std::uint64_t ticks = 0;
    bool is_regular = true;
};

Length length_of(const Table& times) {
    Length length;
    BoxReader reader(times.rows);
    std::optional<std::uint32_t> usual;
    for (std::uint32_t i = 0; i < times.count; ++i) {
        const std::uint32_t count = reader.u32();
        const std::uint32_t delta = reader.u32();
        const bool is_last_sample = i + 1 == times.count && count == 1;
        if (!usual) usual = delta;
        if (delta != *usual && !is_last_sample) length.is_regular = false;
        length.samples += count;
        length.ticks += std::uint64_t{count} * delta;
    }
    return length;
}

std::uint64_t largest_gap(const Table& times, const std::optional<Table>& keyframes,
                          const Length& length) {
    Times positions(times);
    std::uint64_t largest = 0;
    std::uint64_t last = 0;
    if (!keyframes) {
        // Every frame is one.
        return length.samples == 0 ? 0 : length.ticks / length.samples;
    }
    BoxReader reader(keyframes->rows);
    std::uint64_t before = 0;
    for (std::uint32_t i = 0; i < keyframes->count; ++i) {
        const std::uint64_t number = reader.u32();
        if (number <= before) continue;  // They count up from 1.
        before = number;
        const std::uint64_t at = positions.at(number - 1);
        largest = std::max(largest, at - last);
        last = at;
    }
    return std::max(largest, length.ticks - std::min(last, length.ticks));
}

double part_inside(ByteView stbl, std::uint64_t file_size) {
    std::uint64_t inside = 0;
    const bool wide = !find_box(stbl, "stco");
    const auto chunks = wide ? table_in(stbl, "co64", 8) : table_in(stbl, "stco", 4);
    if (!chunks || chunks->count == 0) return 1;
    BoxReader reader(chunks->rows);
    for (std::uint32_t i = 0; i < chunks->count; ++i) {
        const std::uint64_t offset = wide ? reader.u64() : reader.u32();
        if (offset < file_size) ++inside;
    }
    return static_cast<double>(inside) / chunks->count;
}

/// True for what is shown from its start to its end: at most one delay, then one span.
bool are_edits_plain(ByteView trak, double movie_scale, double duration) {
    const auto elst = find_box(trak, {"edts", "elst"});
    if (!elst) return true;
    BoxReader reader(elst->body);
    const bool wide = reader.u8() == 1;
    reader.skip(3);
    const std::uint32_t count = reader.u32();
    bool seen = false;
    for (std::uint32_t i = 0; i < count && reader.is_good(); ++i) {
        const double length = static_cast<double>(wide ? reader.u64() : reader.u32()) / movie_scale;
        const std::int64_t from = wide ? reader.i64() : std::int64_t{reader.i32()};
        const std::uint32_t rate = reader.u32();
        if (from == -1 && i == 0) continue;
        if (from < 0 || seen || rate != 0x0001'0000) return false;
        seen = true;
        // A length of 0 means all of it (fragmented files).
        if (length > 0 && length < duration - kEditRounding) return false;
    }
    return reader.is_good();
}

std::optional<Mp4Track> track_from(ByteView trak, double movie_scale, std::uint64_t file_size) {
    const auto tkhd = find_box(trak, "tkhd");
    const auto mdhd = find_box(trak, {"mdia", "mdhd"});
    const auto hdlr = find_box(trak, {"mdia", "hdlr"});
    const auto stbl = find_box(trak, {"mdia", "minf", "stbl"});
    if (!tkhd || !mdhd || !hdlr || !stbl) return std::nullopt;
    Mp4Track track;
    BoxReader head(tkhd->body);
    head.skip(head.u8() == 1 ? 19 : 11);
    track.id = head.u32();
    BoxReader media(mdhd->body);
    media.skip(media.u8() == 1 ? 19 : 11);
    const std::uint32_t scale = media.u32();
    BoxReader handler(hdlr->body);
    handler.skip(8);
    const std::uint32_t kind = handler.u32();
    track.is_video = kind == box_type("vide");
    track.is_audio = kind == box_type("soun");

    const auto times = table_in(stbl->body, "stts", 8);
    if (!times || scale == 0 || !head.is_good()) return std::nullopt;
    const Length length = length_of(*times);
    track.duration = static_cast<double>(length.ticks) / scale;
    track.is_regular = length.is_regular;
    if (track.is_video) {
        const auto keyframes = table_in(stbl->body, "stss", 4);
        track.largest_keyframe_gap =
            static_cast<double>(largest_gap(*times, keyframes, length)) / scale;
    }
    track.has_plain_edits = are_edits_plain(trak, movie_scale, track.duration);
    track.present = part_inside(stbl->body, file_size);
    return track;
}

Result<ByteView> read_at(int fd, std::uint64_t offset, std::vector<std::uint8_t>& into) {
    std::size_t done = 0;
    while (done < into.size()) {
        const auto got =
            ::pread(fd, into.data() + done, into.size() - done, static_cast<off_t>(offset + done));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) {
            return fail_unavailable("objects", std::string("read a film: ") + std::strerror(errno),
                                    std::chrono::seconds(5));
        }
        if (got == 0) break;
        done += static_cast<std::size_t>(got);
    }
    return ByteView(into).first(done);
}

}  // namespace

std::optional<std::vector<Mp4Track>> parse_mp4_index(ByteView moov, std::uint64_t file_size) {
    if (find_box(moov, "mvex")) return std::nullopt;
    const auto mvhd = find_box(moov, "mvhd");
    if (!mvhd) return std::nullopt;
    BoxReader head(mvhd->body);
    head.skip(head.u8() == 1 ? 19 : 11);
    const double movie_scale = std::max(1.0, static_cast<double>(head.u32()));
    std::vector<Mp4Track> tracks;
    while (const auto box = take_box(moov)) {
        if (box->type != box_type("trak")) continue;
        if (tracks.size() == kMostTracks) return std::nullopt;
        if (const auto track = track_from(box->body, movie_scale, file_size)) {
            tracks.push_back(*track);
        }
    }
    return tracks;
}

Result<std::optional<std::vector<Mp4Track>>> read_mp4_index(const std::filesystem::path& file) {
    const UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat status {};
    if (!fd || ::fstat(fd.get(), &status) != 0) {
        return fail(ErrorCode::NotFound, "open " + file.string() + ": " + std::strerror(errno));
    }
    const auto file_size = static_cast<std::uint64_t>(status.st_size);
    std::uint64_t at = 0;
    std::vector<std::uint8_t> head(16);
    for (int boxes = 0; boxes < kMostBoxes && at + 8 <= file_size; ++boxes) {
        SW_TRY(const ByteView bytes, read_at(fd.get(), at, head));
        BoxReader reader(bytes);
        std::uint64_t size = reader.u32();
        const std::uint32_t type = reader.u32();
        std::uint64_t head_size = 8;
        if (size == 1) {
            size = reader.u64();
            head_size = 16;
        } else if (size == 0) {
            size = file_size - at;
        }
        if (!reader.is_good() && size != 1 && bytes.size() < 8) return std::nullopt;
        if (size < head_size || size > UINT64_MAX - at) return std::nullopt;
        if (type == box_type("moov")) {
            if (size > kLargestIndex || at + size > file_size) return std::nullopt;
            std::vector<std::uint8_t> moov(size - head_size);
            SW_TRY(const ByteView body, read_at(fd.get(), at + head_size, moov));
            return parse_mp4_index(body, file_size);
        }
        at += size;
    }
    return std::nullopt;
}

}  // namespace syncwatch::ffmpeg
