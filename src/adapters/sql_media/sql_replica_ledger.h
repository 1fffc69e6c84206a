#pragma once
#include "adapters/sql/database.h"
#include "ports/replica_ledger.h"

namespace syncwatch::sql {

/// The copies of objects, in the same table as the ledger of SqlMediaStore.
class SqlReplicaLedger final : public ReplicaLedger {
public:
    explicit SqlReplicaLedger(Database& database) : database_(database) {}

    Async<bool> use_second(std::string name) override;
    Async<std::optional<LedgerLine>> find_line(std::string key) override;
    Async<std::vector<StoredBlob>> claim_unreplicated(int limit, WallTime now,
                                                      WallTime until) override;
    Async<std::vector<StoredBlob>> claim_unverified(int limit, WallTime before, WallTime now,
                                                    WallTime until) override;
    Async<std::vector<StoredBlob>> claim_faulty(int limit, WallTime now, WallTime until) override;
    Async<std::optional<StoredBlob>> claim_line(std::string key, WallTime now,
                                                WallTime until) override;
    Async<> postpone(StoredBlob object, WallTime until) override;
    Async<bool> note_replicated(StoredBlob object, WallTime now) override;
    Async<> note_verified(StoredBlob object, Copies copies, WallTime now) override;
    Async<> note_fault(StoredBlob object, ObjectFault fault, WallTime until) override;
    Async<bool> is_wanted(StoredBlob object) override;
    Async<ReplicaBacklog> backlog() override;
    Async<LedgerCoverage> coverage(WallTime since) override;
    Async<std::vector<LedgerLine>> faulty(int limit) override;
    Async<std::vector<LedgerLine>> lines(std::string prefix, std::string after, int limit) override;
    Async<std::vector<std::string>> unknown_of(std::vector<std::string> keys) override;

private:
    Database& database_;
};

}  // namespace syncwatch::sql
