#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "apps/command/backup_desk.h"
#include "apps/command/command.h"
#include "recovery/bundle/bundle.h"

namespace syncwatch::apps {

/// A folder that nobody else can enter, gone with it. Its path is empty where none can be made.
class PrivateFolder {
public:
    PrivateFolder();
    PrivateFolder(const PrivateFolder&) = delete;
    PrivateFolder& operator=(const PrivateFolder&) = delete;
    ~PrivateFolder();
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

/// What an error about a bundle means: nothing was laid down.
Failure bundle_failure(const Error& error);

/// Reads a bundle, and decrypts it with the key in `identity` where it has to be. Errors: Refused
/// (it cannot be read, no key opens it), VerificationFailed.
Outcome<recovery::Bundle> read_bundle(const std::filesystem::path& file,
                                      const std::filesystem::path& identity);

/// Settings and secrets that belong together, and the backups that they came from.
struct BundlePair {
    std::vector<recovery::BackupRecord> records;
    std::vector<recovery::Bundle> bundles;
};
/// Which are meant.
struct PairWish {
    std::optional<WallTime> moment;  ///< Not after it; nullopt: the newest.
    bool or_later = false;           ///< Where there are none that early: the first after it.
    std::filesystem::path identity;  ///< Of the key that opens the secrets.
};

/// The newest of both that are of one state, from whichever repository has them whole. Errors:
/// Refused (there is none, or no key), VerificationFailed (damaged, or no two belong together).
Outcome<BundlePair> fetch_pair(CommandDesk& desk, const recovery::Survey& survey,
                               const PairWish& wish);
/// One of these backups, by itself.
Outcome<BundlePair> fetch_bundle(CommandDesk& desk, const recovery::BackupRecord& record,
                                 const std::filesystem::path& identity);

}  // namespace syncwatch::apps
