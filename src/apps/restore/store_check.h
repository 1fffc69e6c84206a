#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "adapters/sql/database.h"
#include "ports/blob_store.h"
#include "ports/clock.h"
#include "ports/replica_ledger.h"

namespace syncwatch::apps {

/// What the database says next to what the other stores have, as after a restore: they may be of
/// different moments.
struct StoreReport {
    std::uint64_t objects = 0;               ///< That the database knows and wants.
    std::vector<std::string> lost;           ///< Of them, those that no store has.
    std::vector<std::string> not_in_first;   ///< That the second store has.
    std::vector<std::string> not_in_second;  ///< That were there, going by the database.
    std::uint64_t waiting = 0;               ///< Not copied yet, going by the database.
    std::vector<std::string> unknown;        ///< In a store, and not in the database.
    std::uint64_t marked = 0;                ///< For repair, by this look.
    /// Rows by what they are: "trash", "jobs_running", "uploads_unfinished", "sessions", "leases",
    /// "users", "rooms", "videos".
    std::map<std::string, std::int64_t> rows;
};

/// A line of the ledger.
struct KnownObject {
    StoredBlob object;
    bool is_replicated = false;
    bool has_fault = false;
};

/// Looks at all of them. Whether an object is whole its own audit tells: here it is there or not.
class StoreCheck {
public:
    struct Powers {
        sql::Database& database;
        ReplicaLedger& replicas;
        BlobStore& first;
        BlobStore* second = nullptr;  ///< nullptr: there is none.
        Clock& clock;
    };
    enum class Then : std::uint8_t {
        Tell,
        Mark,  ///< Also note in the ledger what is missing: a server mends that.
    };

    /// They outlive it.
    explicit StoreCheck(Powers powers) : powers_(powers) {}

    /// Errors: Unavailable (the database, or a store: of what it has nothing is known).
    Async<StoreReport> run(Then then);

private:
    Async<> count_rows(StoreReport& report);
    Async<std::vector<KnownObject>> known_objects(StoreReport& report);
    Async<> compare(StoreReport& report, Then then);
    Async<> mark(KnownObject known, StoreReport& report);
    Async<> find_unknown(StoreReport& report, std::vector<std::string> stored);

    const Powers powers_;
};

}  // namespace syncwatch::apps
