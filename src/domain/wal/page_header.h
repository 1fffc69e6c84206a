#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "domain/wal/segment.h"

namespace syncwatch::wal {

/// What the first page of a segment says of itself, in the byte order of the machine that wrote it
/// (PostgreSQL, access/xlog_internal.h, "XLogLongPageHeaderData").
struct PageHeader {
    std::uint32_t timeline = 0;
    Lsn at;
    std::uint64_t system = 0;  ///< The database's identifier.

    static constexpr std::size_t kBytes = 40;

    /// From the first bytes of a segment. nullopt: they are none.
    static std::optional<PageHeader> read(std::string_view bytes);
};

}  // namespace syncwatch::wal
