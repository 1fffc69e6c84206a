#pragma once
#include <span>
#include <string>
#include <vector>

#include "recovery/catalogue/record.h"

namespace syncwatch::recovery {

/// Something that does not hold in a component's chain.
struct ChainFault {
    BackupId backup;   ///< The record that is gone, or was changed.
    std::string what;  ///< In words, for an operator.

    bool operator==(const ChainFault&) const = default;
};

/// Whether all records of one component are there as they were written, going by what each says of
/// the one before; what was expired by a command may be gone. `damaged` are those that are there
/// and cannot be read: they are told elsewhere. Two that were written at the same moment may name
/// the same one. What nothing follows yet, the newest, is told by the other repository alone.
std::vector<ChainFault> check_chain(std::span<const StoredRecord> records,
                                    std::span<const ExpiryNote> expired,
                                    std::span<const BackupId> damaged = {});

}  // namespace syncwatch::recovery
