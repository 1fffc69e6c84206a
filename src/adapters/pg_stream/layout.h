#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "domain/wal/segment.h"

/// Where the log of a server lies in a repository, below a folder for each database by its system
/// identifier:
///
///   LOG/SYSTEM/whole/TIMELINE/SEGMENT.zst        a segment that is full
///   LOG/SYSTEM/begun/SEGMENT/FROM-TO.zst         bytes of one that is not yet, by their place in
///   it LOG/SYSTEM/history/TIMELINE.history.zst      where a timeline left another
namespace syncwatch::pg_stream {

/// A run of bytes of a segment that is not full: [from, to).
struct Piece {
    std::uint32_t from = 0;
    std::uint32_t to = 0;
    auto operator<=>(const Piece&) const = default;
};

/// The names of one database's log.
class LogNames {
public:
    LogNames(std::string_view log, std::string_view system);

    const std::string& folder() const { return folder_; }
    std::string whole(std::uint32_t timeline) const;
    std::string begun() const { return folder_ + "/begun"; }
    std::string histories() const { return folder_ + "/history"; }
    std::string segment(const wal::Segment& segment) const;
    std::string piece(const wal::Segment& segment, Piece piece) const;
    std::string begun(const wal::Segment& segment) const;
    std::string history(std::uint32_t timeline) const;

private:
    std::string folder_;
};

/// What a name says; nullopt: it is none of these.
std::optional<wal::Segment> parse_segment(std::string_view name);
struct NamedPiece {
    wal::Segment segment;
    Piece piece;
};
std::optional<NamedPiece> parse_piece(std::string_view name);
std::optional<std::uint32_t> parse_history(std::string_view name);

}  // namespace syncwatch::pg_stream
