#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/encoding.h"
#include "base/result.h"

namespace syncwatch::ffmpeg {

/// Numbers from bytes, most significant first, as ISO 14496-12 stores them. Reading past the end
/// gives zeros and makes the reader bad: look once, when all is read.
class BoxReader {
public:
    explicit BoxReader(ByteView bytes) : rest_(bytes) {}

    std::uint8_t u8() { return static_cast<std::uint8_t>(big_endian(1)); }
    std::uint16_t u16() { return static_cast<std::uint16_t>(big_endian(2)); }
    std::uint32_t u32() { return static_cast<std::uint32_t>(big_endian(4)); }
    std::uint64_t u64() { return big_endian(8); }
    std::int32_t i32() { return static_cast<std::int32_t>(u32()); }
    std::int64_t i64() { return static_cast<std::int64_t>(u64()); }
    void skip(std::size_t count);
    ByteView rest() const { return rest_; }
    bool is_good() const { return good_; }

private:
    std::uint64_t big_endian(std::size_t count);

    ByteView rest_;
    bool good_ = true;
};

/// One box: its type and what is in it.
struct Box {
    std::uint32_t type = 0;
    ByteView body;
};

constexpr std::uint32_t box_type(std::string_view name) {
    std::uint32_t type = 0;
    for (const char c : name) type = type << 8 | static_cast<std::uint8_t>(c);
    return type;
}

/// Takes the next box off the front of `bytes`. nullopt: none is left, or what is there is none
/// (then `bytes` is emptied).
std::optional<Box> take_box(ByteView& bytes);
/// The first box of a type directly inside `body`.
std::optional<Box> find_box(ByteView body, std::string_view name);
/// The same along a path of types: {"mdia", "minf", "stbl"}.
std::optional<Box> find_box(ByteView body, std::initializer_list<std::string_view> path);

/// Writes numbers the same way.
class BoxWriter {
public:
    void u32(std::uint32_t value) { big_endian(value, 4); }
    void u64(std::uint64_t value) { big_endian(value, 8); }
    void bytes(std::string_view text) { out_ += text; }
    /// Begins a box; end() with what it returned sets its size.
    std::size_t begin(std::string_view name);
    void end(std::size_t begun);
    void set_u32(std::size_t at, std::uint32_t value);
    std::size_t size() const { return out_.size(); }
    std::string take() { return std::move(out_); }

private:
    void big_endian(std::uint64_t value, int count);

    std::string out_;
};

}  // namespace syncwatch::ffmpeg
