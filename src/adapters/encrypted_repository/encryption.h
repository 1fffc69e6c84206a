#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "adapters/encrypted_repository/repository_key.h"
#include "base/result.h"

/// How an object of a repository is encrypted.
///
///     "SWCRYPT1", 8 bytes of the key's id, 32 bytes of salt, then chunks of 64 KiB, each with a
///     tag of 16 bytes; the last one is shorter, or empty.
///
/// A chunk is XChaCha20-Poly1305 with the object's own key and the chunk's number, and whether it
/// is the last, as nonce, which is the construction STREAM (Hoang, Reyhanitabar, Rogaway, Vizár
/// 2015): chunks that are changed, moved, left out or cut off do not open. The object's key is
/// HMAC-SHA-256 of salt and name: what lies under another name does not open. The salt is
/// HMAC-SHA-256 of the bytes' SHA-256 and the name: the same object becomes the same bytes again,
/// so that creating it twice is no conflict, and no nonce ever meets other bytes.
///
/// Errors of decryption: Corrupt, and what is wrong.
namespace syncwatch::encrypted {

/// Of what these bytes become.
std::uint64_t encrypted_size(std::uint64_t plain);
/// The other way; of what is too short to be one: 0.
std::uint64_t plain_size(std::uint64_t encrypted);

std::string encrypt(const RepositoryKey& key, std::string_view name, std::string_view bytes);
Result<std::string> decrypt(const RepositoryKey& key, std::string_view name, std::string bytes);

/// One that is open: its descriptor, and its path for messages.
struct OpenFile {
    int fd;
    const std::filesystem::path& path;
};

/// From one file into another, empty one. Reads `from` twice. Errors: Conflict (it changed
/// meanwhile), Unavailable.
Result<> encrypt_file(const RepositoryKey& key, std::string_view name, OpenFile from, OpenFile to);
/// The file becomes what was encrypted, which is shorter, without room for both. Gives its size.
/// After an error it is neither. Errors: Corrupt, Unavailable.
Result<std::uint64_t> decrypt_file(const RepositoryKey& key, std::string_view name, OpenFile file);

}  // namespace syncwatch::encrypted
