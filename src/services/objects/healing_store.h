#pragma once
#include <atomic>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/thread_pool.hpp>

#include "ports/clock.h"
#include "ports/replica_ledger.h"
#include "services/objects/condition.h"
#include "services/objects/known_files.h"
#include "services/objects/object_maker.h"
#include "services/objects/object_tally.h"
#include "services/objects/passing_store.h"

namespace syncwatch {

/// The object store as everybody sees it: what is opened is what the ledger says, from whichever
/// store has it. Everything else is asked of the first store; the second gets what is written there
/// in the background (Replicator). What is removed goes from both; where the second does not let
/// us, it fails with Conflict (reason kLeftBehind), and is done.
///
/// A file is read whole the first time that it is opened, and not again as long as it is the same
/// file: hot segments cost a look at their inode. What is missing or damaged in the first store
/// comes from the second, or is made again while the caller waits, and is noted for repair. While
/// the first store is away the second gives what it has, and nothing is noted. Without the
/// database, and for what the ledger does not have yet, the first store is believed.
///
/// Passes tests/contract/blob_store_contract.h. Safe from any thread.
class HealingStore final : public PassingStore {
public:
    /// They outlive the store.
    struct Powers {
        BlobStore& first;
        BlobStore* second = nullptr;  ///< nullptr: there is none.
        ReplicaLedger& replicas;
        net::thread_pool& reads;  ///< Reads what is opened for the first time.
        const Clock& clock;
        ObjectTally& tally;
    };
    /// So long a player waits for a segment that is made again.
    static constexpr std::chrono::seconds kMakingPatience{15};

    explicit HealingStore(Powers powers) : PassingStore(powers.first), powers_(powers) {}

    /// Who makes what no store has; nullptr: nobody any more. Outlives whoever opens.
    void set_maker(ObjectMaker* maker) { maker_ = maker; }
    /// Called when a fault was noted, on any thread. Before anybody opens.
    void on_fault(std::function<void()> told) { told_ = std::move(told); }

    Async<OpenBlob> open(std::string key) override;
    Async<> refresh(std::string key) override;
    /// Compared by its size alone, because it may be a film of many gigabytes.
    Async<std::filesystem::path> local_path(std::string key) override;
    Async<SourceFile> source_file(std::string key) override;
    Async<> remove(std::string key) override;
    Async<> remove_all(std::string prefix) override;

private:
    /// What a look into one store gave.
    struct Look {
        Condition condition = Condition::Away;
        std::optional<OpenBlob> blob;  ///< If it is whole.
        Error error;                   ///< If it is not.
    };

    /// Asks one store for an object as a file.
    using FindFile = std::function<Async<SourceFile>(BlobStore& store, std::string key)>;

    Async<SourceFile> find_file(std::string key, FindFile find);
    net::awaitable<Look> look(BlobStore& store, KnownFiles& known, StoredBlob expected,
                              Result<OpenBlob> opened);
    net::awaitable<Look> look_once(KnownFiles& known, StoredBlob expected, Result<OpenBlob> opened);
    Async<OpenBlob> open_elsewhere(LedgerLine line, Look first);
    Async<OpenBlob> open_unjudged(std::string key, Result<OpenBlob> opened);
    Async<OpenBlob> open_made(std::string key);
    Async<> make_again(std::string key);
    net::awaitable<void> note(LedgerLine line, Condition found);

    const Powers powers_;
    std::atomic<ObjectMaker*> maker_{nullptr};
    std::function<void()> told_;
    KnownFiles known_first_;
    KnownFiles known_second_;
};

}  // namespace syncwatch
