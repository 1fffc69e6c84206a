#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/result.h"

/// The write-ahead log of SQLite as bytes (sqlite.org/fileformat2.html, 4): a header, then frames
/// of one page each. Every frame carries the salts of its header, and a checksum over all before
/// it in the file and itself.
namespace syncwatch::sqlite {

inline constexpr std::size_t kWalHeaderBytes = 32;
inline constexpr std::size_t kFrameHeaderBytes = 24;

/// The running checksum. Its order of bytes is the writing machine's.
class WalChecksum {
public:
    WalChecksum(bool big_endian, std::uint64_t so_far)
        : big_endian_(big_endian),
          first_(static_cast<std::uint32_t>(so_far >> 32)),
          second_(static_cast<std::uint32_t>(so_far)) {}

    /// Of a number of bytes that divides by eight.
    void add(std::string_view bytes);
    std::uint64_t value() const { return std::uint64_t{first_} << 32 | second_; }

private:
    bool big_endian_;
    std::uint32_t first_;
    std::uint32_t second_;
};

struct WalHeader {
    bool big_endian = false;
    std::uint32_t page_bytes = 0;
    std::uint64_t epoch = 0;  ///< Both salts. The first counts up by one with each new epoch.
    std::uint64_t checksum = 0;

    std::size_t frame_bytes() const { return kFrameHeaderBytes + page_bytes; }
    /// True if this epoch came right after that.
    bool follows(std::uint64_t before) const {
        return static_cast<std::uint32_t>(epoch >> 32) ==
               static_cast<std::uint32_t>((before >> 32) + 1);
    }
};

/// Errors: Corrupt (no such header, a wrong checksum).
Result<WalHeader> parse_wal_header(std::string_view bytes);

struct WalFrame {
    std::uint32_t page = 0;          ///< From 1.
    std::uint32_t commit_pages = 0;  ///< Pages of the database, if a commit ends here; else 0.
    std::uint64_t epoch = 0;
    std::uint64_t checksum = 0;  ///< As it is written there.
};

/// The header of a frame.
WalFrame parse_frame(std::string_view bytes);

/// The frame, if it is whole, of this epoch, and the checksum goes on with it. Errors: Corrupt.
Result<WalFrame> next_frame(std::string_view bytes, std::uint64_t epoch, WalChecksum& checksum);

}  // namespace syncwatch::sqlite
