#include "adapters/sqlite_log/wal_format.h"

#include <bit>

#include "base/assert.h"

namespace syncwatch::sqlite {

namespace {

constexpr std::uint32_t kMagic = 0x377f0682;  // Its lowest bit: checksums read big-endian words.
constexpr std::uint32_t kFormat = 3'007'000;

std::uint32_t big_word(std::string_view bytes, std::size_t at) {
    std::uint32_t word = 0;
    for (std::size_t i = 0; i < 4; ++i)
        word = word << 8 | static_cast<unsigned char>(bytes[at + i]);
    return word;
}

std::uint64_t two_words(std::string_view bytes, std::size_t at) {
    return std::uint64_t{big_word(bytes, at)} << 32 | big_word(bytes, at + 4);
}

std::uint32_t little_word(const char* at) {
    const auto* bytes = reinterpret_cast<const unsigned char*>(at);
    return std::uint32_t{bytes[0]} | std::uint32_t{bytes[1]} << 8 | std::uint32_t{bytes[2]} << 16 |
           std::uint32_t{bytes[3]} << 24;
}

}  // namespace

void WalChecksum::add(std::string_view bytes) {
    SW_ASSERT(bytes.size() % 8 == 0);
    const char* const end = bytes.data() + bytes.size();
    for (const char* at = bytes.data(); at != end; at += 8) {
        std::uint32_t one = little_word(at);
        std::uint32_t two = little_word(at + 4);
        if (big_endian_) {
            one = __builtin_bswap32(one);
            two = __builtin_bswap32(two);
        }
        first_ += one + second_;
        second_ += two + first_;
    }
}

Result<WalHeader> parse_wal_header(std::string_view bytes) {
    if (bytes.size() < kWalHeaderBytes) return fail(ErrorCode::Corrupt, "the log has no header");
    WalHeader header;
    const std::uint32_t magic = big_word(bytes, 0);
    header.big_endian = (magic & 1) != 0;
    header.page_bytes = big_word(bytes, 8);
    header.epoch = two_words(bytes, 16);
    header.checksum = two_words(bytes, 24);
    WalChecksum checksum(header.big_endian, 0);
    checksum.add(bytes.substr(0, 24));
    const bool is_wal = (magic & ~1U) == kMagic && big_word(bytes, 4) == kFormat;
    const bool is_page = header.page_bytes >= 512 && header.page_bytes <= 65'536 &&
                         std::has_single_bit(header.page_bytes);
    if (!is_wal || !is_page || checksum.value() != header.checksum) {
        return fail(ErrorCode::Corrupt, "the log's header is damaged");
    }
    return header;
}

WalFrame parse_frame(std::string_view bytes) {
    SW_ASSERT(bytes.size() >= kFrameHeaderBytes);
    WalFrame frame;
    frame.page = big_word(bytes, 0);
    frame.commit_pages = big_word(bytes, 4);
    frame.epoch = two_words(bytes, 8);
    frame.checksum = two_words(bytes, 16);
    return frame;
}

Result<WalFrame> next_frame(std::string_view bytes, std::uint64_t epoch, WalChecksum& checksum) {
    const WalFrame frame = parse_frame(bytes);
    if (frame.epoch != epoch) return fail(ErrorCode::Corrupt, "a frame is of another epoch");
    if (frame.page == 0) return fail(ErrorCode::Corrupt, "a frame is of no page");
    WalChecksum with = checksum;
    with.add(bytes.substr(0, 8));
    with.add(bytes.substr(kFrameHeaderBytes));
    if (with.value() != frame.checksum) return fail(ErrorCode::Corrupt, "a frame is damaged");
    checksum = with;
    return frame;
}

}  // namespace syncwatch::sqlite
