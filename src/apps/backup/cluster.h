#pragma once
#include <string>
#include <vector>

#include "ports/backup_repository.h"
#include "ports/key_store.h"

namespace syncwatch::apps {

/// The name that an installation's backups stand under, from a secret that its database keeps: one
/// that was restored goes on under the same.
std::string cluster_of(const KeyStore::Key& key);

/// The installations that have something in a repository, sorted.
Async<std::vector<std::string>> clusters_in(BackupRepository& repository);

/// The one that is meant: `wanted`, or the only one there is. Errors: NotFound (there is none),
/// Conflict (there are several; the message names them).
Async<std::string> choose_cluster(BackupRepository& repository, std::string wanted);

}  // namespace syncwatch::apps
