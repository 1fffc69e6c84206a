#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/program/child.h"
#include "base/result.h"
#include "base/unique_fd.h"

namespace syncwatch::pg_stream {

/// Lays a tar archive down as it comes: what PostgreSQL writes into one (POSIX.1-1988 "ustar",
/// files and folders alone), and nothing that leads out of the folder. Blocks.
///
/// Errors of all calls: Unavailable (component "backup"), Corrupt, InvalidInput (it has a link: a
/// tablespace).
class Untar {
public:
    /// Into a folder that is there. `owner`: to whom all of it is given.
    Untar(std::filesystem::path into, std::optional<program::Identity> owner)
        : into_(std::move(into)), owner_(owner) {}

    Result<> feed(std::string_view bytes);
    /// Makes it durable.
    Result<> finish();

private:
    Result<> begin_entry(std::string_view header);
    Result<> make_folder(const std::filesystem::path& path, unsigned mode);
    Result<> give(const std::filesystem::path& path) const;

    const std::filesystem::path into_;
    const std::optional<program::Identity> owner_;
    std::string header_;  ///< As much of it as has come.
    UniqueFd file_;
    std::filesystem::path path_;
    std::uint64_t left_ = 0;     ///< Bytes of the entry.
    std::uint64_t padding_ = 0;  ///< Behind it.
    bool ended_ = false;
};

}  // namespace syncwatch::pg_stream
