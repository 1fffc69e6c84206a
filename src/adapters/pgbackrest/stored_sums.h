#pragma once
#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "adapters/pgbackrest/engine.h"

namespace syncwatch::pgbackrest {

/// SHA-1 of a file, in hexadecimal, as pgBackRest names segments by it. Errors: NotFound.
Result<std::string> sha1_of(const std::filesystem::path& file);

/// The sums that a repository has a segment of the log under; none: it has not got it. `options`
/// are those of each call.
Async<std::vector<std::string>> stored_sums(const Engine& engine, std::size_t repository,
                                            std::string segment, std::vector<std::string> options,
                                            std::chrono::milliseconds deadline);

/// Whether a repository has a segment of this name that says something else than the server's own:
/// two servers archive there, perhaps a copy that was promoted. False where one of them has none.
Async<bool> says_something_else(const Engine& engine, std::size_t repository, std::string segment);

}  // namespace syncwatch::pgbackrest
