#pragma once
#include <atomic>
#include <cstdint>

#include "services/objects/condition.h"

namespace syncwatch {

/// What happened to objects since the start, for metrics. Safe from any thread.
struct ObjectTally {
    using Count = std::atomic<std::uint64_t>;

    Count copied_objects{0};
    Count copied_bytes{0};
    Count copies_failed{0};

    /// Found not to be what the ledger says: by readers and by the audit.
    Count missing{0};
    Count truncated{0};
    Count damaged{0};
    Count served_by_second{0};  ///< Given to whoever asked, instead of the first store's.

    /// Repaired in place, by where the whole copy came from.
    Count healed_from_first{0};
    Count healed_from_second{0};
    Count healed_from_original{0};
    Count healed_from_versions{0};
    Count lost{0};  ///< There was none anywhere, and nothing to make one from.

    Count audited_objects{0};
    Count audited_bytes{0};

    void count_fault(Condition found) {
        if (found == Condition::Missing) ++missing;
        if (found == Condition::Truncated) ++truncated;
        if (found == Condition::Damaged) ++damaged;
    }
};

}  // namespace syncwatch
