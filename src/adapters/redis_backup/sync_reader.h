#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace syncwatch::redis {

/// What a server answers to PSYNC: which history it is of and up to where, then an RDB, either of a
/// length that it says or ended by a mark (diskless). However the bytes are cut; all hostile.
/// Source: replication.c of Redis 7, "Redis Replication Protocol".
class SyncReader {
public:
    enum class At : std::uint8_t { Head, Body, End };

    /// Takes what came, and hands on what of it is RDB. What comes after the end is ignored: the
    /// server may send empty lines, or the commands since. Errors: Corrupt (this is no answer to
    /// PSYNC), Unavailable (the server refuses; its words), Forbidden.
    Result<std::string_view> feed(std::string_view bytes);

    At at() const { return at_; }
    bool has_history() const { return !replid_.empty(); }
    const std::string& replid() const { return replid_; }
    std::int64_t offset() const { return offset_; }
    /// Bytes of the RDB; nullopt: nobody knows before its end.
    std::optional<std::uint64_t> length() const { return length_; }

private:
    Result<> line(std::string_view text);
    Result<> full_resync(std::string_view text);
    Result<> bulk(std::string_view text);
    std::string_view counted(std::string_view bytes);
    std::string_view marked(std::string_view bytes);

    At at_ = At::Head;
    std::string line_;  ///< Of the head, as far as it came.
    std::string replid_;
    std::int64_t offset_ = 0;
    std::optional<std::uint64_t> length_;
    std::uint64_t left_ = 0;
    std::string mark_;
    std::string held_;  ///< May be the beginning of the mark.
    std::string out_;   ///< What feed() gave last.
};

}  // namespace syncwatch::redis
