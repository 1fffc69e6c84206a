#pragma once
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// PostgreSQL's write-ahead log: places in it, and the files that it is kept in (PostgreSQL
/// documentation, "WAL Internals").
namespace syncwatch::wal {

/// A place in the log: so many bytes from its beginning.
struct Lsn {
    std::uint64_t value = 0;
    auto operator<=>(const Lsn&) const = default;
};
/// "0/3000028".
std::string text(Lsn lsn);
/// nullopt: it is none.
std::optional<Lsn> parse_lsn(std::string_view text);

/// As initdb makes them; a cluster with others is not ours.
inline constexpr std::uint64_t kSegmentBytes = std::uint64_t{16} << 20;

/// One file of the log.
struct Segment {
    std::uint32_t timeline = 1;
    std::uint64_t number = 0;  ///< From the log's beginning.

    static Segment holding(std::uint32_t timeline, Lsn lsn) {
        return {timeline, lsn.value / kSegmentBytes};
    }
    /// Reads "000000010000000000000003". nullopt: it is no segment's name.
    static std::optional<Segment> parse(std::string_view name);
    std::string name() const;
    Lsn begin() const { return {number * kSegmentBytes}; }
    Lsn end() const { return {(number + 1) * kSegmentBytes}; }
    auto operator<=>(const Segment&) const = default;
};

/// Reads "00000002.history". nullopt: it is not that of a timeline's history.
std::optional<std::uint32_t> parse_history_name(std::string_view name);

}  // namespace syncwatch::wal
