#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include <boost/asio/thread_pool.hpp>

#include "adapters/encrypted_repository/repository_key.h"
#include "ports/backup_repository.h"

/// An encrypted repository has its own key in it, for the holders of the recovery keys alone, so
/// that one of those and its address bring everything back:
///
///     v1/key/KEY.json              that it is encrypted, with the key of this id; in the clear
///     v1/key/KEY/RECIPIENTS.age    the key, encrypted with age for these recipients
///
/// Nothing that is encrypted is in it before both.
namespace syncwatch::apps {

/// The ids of the keys that a repository says it is encrypted with; none: it is not.
Async<std::vector<std::string>> kept_keys(BackupRepository& plain);

/// Whether it says so of this one: asked by name, which no list is too old for.
Async<bool> is_kept(BackupRepository& plain, std::string id);

/// Puts the key into the repository, where it is not there for these recipients yet. `pool`
/// blocks. Errors: InvalidInput (there is no recipient; reason "no_recipients"), and as of
/// age::AgeProgram.
Async<> keep_key(BackupRepository& plain, encrypted::RepositoryKey key,
                 std::vector<std::string> recipients, net::thread_pool& pool);

/// Takes back that it is encrypted with this one, as long as nothing is.
Async<> forget_key(BackupRepository& plain, std::string id);

/// The key of an encrypted repository, by a recovery key. Errors: NotFound (it has none), and as of
/// age::AgeProgram.
Async<encrypted::RepositoryKey> recover_key(BackupRepository& plain, std::filesystem::path identity,
                                            net::thread_pool& pool);

}  // namespace syncwatch::apps
