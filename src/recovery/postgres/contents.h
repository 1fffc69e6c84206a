#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "ports/database_backups.h"
#include "recovery/catalogue/record.h"

namespace syncwatch::recovery {

/// What was in a database at a moment.
struct PgContents {
    std::uint64_t next_transaction = 0;
    DatabaseBackups::Rows rows;
};

/// Writes into the record of a backup what was there before it began and after it ended: rows by
/// table ("rooms", and "rooms.before" where that was another number), and "transactions" among its
/// annotations, a canary that every write moves on.
void note_contents(const PgContents& before, const PgContents& after, BackupRecord& record);

/// What came out of a restore and cannot be what the record is of; empty: nothing. Where nothing
/// was written during the backup rows are counted exactly. Else as many may differ as come and go
/// meanwhile: one in a hundred, and ten.
std::vector<std::string> differences(const BackupRecord& record, const PgContents& found);

}  // namespace syncwatch::recovery
