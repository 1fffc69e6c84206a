#include "adapters/ffmpeg/mp4_box.h"

namespace syncwatch::ffmpeg {

std::uint64_t BoxReader::big_endian(std::size_t count) {
    if (rest_.size() < count) {
        good_ = false;
        rest_ = {};
        return 0;
    }
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < count; ++i) value = value << 8 | rest_[i];
    rest_ = rest_.subspan(count);
    return value;
}

void BoxReader::skip(std::size_t count) {
    if (rest_.size() < count) {
        good_ = false;
        count = rest_.size();
    }
    rest_ = rest_.subspan(count);
}

std::optional<Box> take_box(ByteView& bytes) {
    BoxReader reader(bytes);
    std::uint64_t size = reader.u32();
    Box box;
    box.type = reader.u32();
    std::uint64_t head = 8;
    if (size == 1) {
        size = reader.u64();
        head = 16;
    } else if (size == 0) {
        size = bytes.size();
    }
    if (!reader.is_good() || size < head || size > bytes.size()) {
        bytes = {};
        return std::nullopt;
    }
    box.body = bytes.subspan(head, size - head);
    bytes = bytes.subspan(size);
    return box;
}

std::optional<Box> find_box(ByteView body, std::string_view name) {
    const std::uint32_t type = box_type(name);
    while (const auto box = take_box(body)) {
        if (box->type == type) return box;
    }
    return std::nullopt;
}

std::optional<Box> find_box(ByteView body, std::initializer_list<std::string_view> path) {
    std::optional<Box> found;
    for (const std::string_view name : path) {
        found = find_box(body, name);
        if (!found) return std::nullopt;
        body = found->body;
    }
    return found;
}

void BoxWriter::big_endian(std::uint64_t value, int count) {
    for (int shift = (count - 1) * 8; shift >= 0; shift -= 8) {
        out_.push_back(static_cast<char>(value >> shift & 0xff));
    }
}

std::size_t BoxWriter::begin(std::string_view name) {
    const std::size_t at = out_.size();
    u32(0);
    bytes(name);
    return at;
}

void BoxWriter::end(std::size_t begun) {
    set_u32(begun, static_cast<std::uint32_t>(out_.size() - begun));
}

void BoxWriter::set_u32(std::size_t at, std::uint32_t value) {
    for (std::size_t i = 0; i < 4; ++i) out_[at + i] = static_cast<char>(value >> (24 - 8 * i));
}

}  // namespace syncwatch::ffmpeg
