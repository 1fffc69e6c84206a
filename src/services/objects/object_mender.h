#pragma once
#include <atomic>
#include <string>

#include "ports/blob_store.h"
#include "ports/clock.h"
#include "ports/replica_ledger.h"
#include "services/objects/condition.h"
#include "services/objects/object_copier.h"
#include "services/objects/object_maker.h"
#include "services/objects/object_tally.h"

namespace syncwatch {

/// One object in both stores: read back, compared with its ledger line, repaired from the store
/// that has it whole or had it once, or made again. Everything may be done twice, and by several
/// processes.
class ObjectMender {
public:
    /// They outlive this.
    struct Powers {
        BlobStore& first;
        BlobStore* second = nullptr;  ///< nullptr: there is none.
        ReplicaLedger& replicas;
        ObjectCopier& copier;
        const Clock& clock;
        ObjectTally& tally;
    };
    enum class Outcome : std::uint8_t {
        Whole,     ///< It was.
        Repaired,  ///< It is now.
        Faulty,    ///< It is not, and nothing was done about it.
        Lost,      ///< There is no whole copy, and nothing to make it from.
        Gone,      ///< Nobody wants it any more.
    };
    struct Report {
        Condition first = Condition::Whole;
        Condition second = Condition::Whole;  ///< Whole where there is no second store.
        Outcome outcome = Outcome::Whole;
    };

    /// For so long a process without a maker puts off what no store has: the others take it then.
    static constexpr std::chrono::seconds kLeftToOthers{5};

    explicit ObjectMender(Powers powers) : powers_(powers) {}

    /// Who makes what no store has; nullptr: nobody any more.
    void set_maker(ObjectMaker* maker) { maker_ = maker; }

    /// Copies an object into the second store and notes it. Errors: as ObjectCopier::copy; what has
    /// no whole copy to begin with is noted for repair, what failed otherwise is put off.
    Async<> replicate(StoredBlob object);
    /// Reads both copies back and notes what it found; changes neither. Errors: Unavailable (a
    /// store or the database is away; noted is nothing).
    Async<Report> inspect(StoredBlob object);
    /// The same, and repairs; what neither store has is left to processes with a maker, where this
    /// one has none (Faulty). Errors: also those of ObjectCopier::copy.
    Async<Report> mend(StoredBlob object);

private:
    bool has_second() const { return powers_.second != nullptr; }
    Async<Report> look(StoredBlob object);
    Async<> repair(StoredBlob object, Report& report);
    void tell(const std::string& key, const Report& report);
    Async<bool> bring_back(StoredBlob object, Report& report);
    Async<> make_again(StoredBlob object, Report& report);
    Async<> note_whole(StoredBlob object);

    const Powers powers_;
    std::atomic<ObjectMaker*> maker_{nullptr};
};

}  // namespace syncwatch
