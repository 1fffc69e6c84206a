#pragma once
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "base/digest.h"
#include "base/result.h"
#include "base/unique_fd.h"

// Blocking file work with errors as values: for threads of a pool, never for a shard.
namespace syncwatch::filesystem {

namespace fs = std::filesystem;

/// The error of the system call that just failed (errno): NotFound, or Unavailable (component
/// "objects"; reason "disk_full" or "read_only" where that is why).
tl::unexpected<Error> system_failure(std::string_view doing, const fs::path& path);

Result<UniqueFd> open_file(const fs::path& path, int flags);
/// Makes a file to write that was not there. Errors: Conflict (it is), InvalidInput (its folder is
/// not: what is asked for may be there all the same), Unavailable.
Result<UniqueFd> make_file(const fs::path& path);
Result<std::uint64_t> file_size(int fd, const fs::path& path);
Result<> write_all(int fd, std::span<const char> bytes, std::uint64_t offset, const fs::path& path);
Result<> sync_file(int fd, const fs::path& path);
/// Makes names in the folder durable: what was made, renamed or removed there.
Result<> sync_folder(const fs::path& folder);
/// Makes the folder and those above it that are missing, durably.
Result<> ensure_folder(const fs::path& folder);
/// Moves within one filesystem; durable where it went.
Result<> move_durably(const fs::path& from, const fs::path& to);

/// Feeds `digest` from the file: at most `count` bytes from `offset` on. Gives how many there were.
Result<std::uint64_t> digest_part(int fd, std::uint64_t offset, std::uint64_t count, Digest& digest,
                                  const fs::path& path);
Result<Sha256Sum> digest_file(int fd, const fs::path& path);

}  // namespace syncwatch::filesystem
