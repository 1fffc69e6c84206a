#pragma once
#include <string>
#include <string_view>

#include "base/result.h"
#include "recovery/catalogue/record.h"

namespace syncwatch::recovery {

/// Where things lie in a repository, of one cluster: an installation with all its nodes. Names are
/// ready for a BackupRepository; folders come without a slash at their end.
class RepositoryNames {
public:
    /// `cluster` is 1 to 64 lower-case letters, digits and dashes. Errors: InvalidInput.
    static Result<RepositoryNames> of(std::string_view cluster);

    std::string records() const { return under("catalog"); }
    std::string records(std::string_view component) const;
    std::string record(const BackupRecord& of) const;
    /// The bytes of a component's backups.
    std::string data(std::string_view component) const;
    /// What goes on after them, where their engine keeps it here.
    std::string logs(std::string_view component) const;
    /// A backup's own bytes.
    std::string data(const BackupRecord& of) const;
    std::string data(const BackupRecord& of, std::string_view file) const;
    std::string verifications() const { return under("verify"); }
    std::string verification(BackupId of, WallTime at) const;
    std::string pins() const { return under("pin"); }
    std::string pin(BackupId of, WallTime at) const;
    std::string holds() const { return under("hold"); }
    std::string holds(std::string_view component) const;
    std::string hold(std::string_view component, std::string_view reader, WallTime until) const;
    std::string carried_out() const { return under("carried-out"); }
    std::string carried_out(std::string_view procedure, WallTime at) const;
    std::string expiries() const { return under("expired"); }
    std::string expiry(std::string_view component, WallTime at) const;

private:
    explicit RepositoryNames(std::string_view cluster) : cluster_(cluster) {}
    std::string under(std::string_view folder) const;

    std::string cluster_;
};

/// 1 to 64 lower-case letters, digits and dashes: what clusters and components are called.
bool is_catalogue_word(std::string_view text);
/// The backup that a record's name, or that of a word about one, is of. nullopt: it is no such
/// name.
std::optional<BackupId> backup_of_record(std::string_view name);
std::optional<BackupId> backup_of_word(std::string_view name);
/// "20261129T155850.123Z": a time as a part of a name.
std::string name_of_time(WallTime time);
/// The same back. Errors: InvalidInput.
Result<WallTime> time_of_name(std::string_view name);

}  // namespace syncwatch::recovery
