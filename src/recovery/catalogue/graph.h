#pragma once
#include <map>
#include <optional>
#include <set>
#include <span>
#include <unordered_map>
#include <vector>

#include "recovery/catalogue/record.h"

namespace syncwatch::recovery {

/// Which backups of one component stand on which. The records outlive it.
class BackupGraph {
public:
    using Records = std::vector<const BackupRecord*>;

    explicit BackupGraph(std::span<const BackupRecord> records);
    explicit BackupGraph(const Records& records);

    /// nullptr: there is none.
    const BackupRecord* find(BackupId id) const;
    /// What name `id` as a parent.
    const Records& children(BackupId id) const;
    /// All that can be restored by themselves: not logs, and nothing that they need is missing.
    const Records& bases() const { return bases_; }
    /// What `record`, no log, cannot be restored without, itself included. nullopt: some of it is
    /// missing.
    std::optional<Records> needs(const BackupRecord& record) const;
    /// What can be replayed on a backup without a gap: each log, and what it is replayed after,
    /// which is another one of these or something that the backup needs.
    using Replay = std::unordered_map<const BackupRecord*, const BackupRecord*>;
    Replay replay_on(const BackupRecord& base) const;

private:
    bool add_needs(const BackupRecord& record, std::set<BackupId>& seen, Records& needs) const;

    std::map<BackupId, const BackupRecord*> records_;
    std::map<BackupId, Records> children_;
    Records bases_;
};

/// From the moment of `base` as far as what can be replayed on it reaches.
Window reach_of(const BackupRecord& base, const BackupGraph::Replay& replay);

/// What a component's backups can bring back: spans of time in order, apart from one another. Each
/// backup is a moment; logs that follow it without a gap stretch it.
std::vector<Window> recoverable(std::span<const BackupRecord> records);

}  // namespace syncwatch::recovery
