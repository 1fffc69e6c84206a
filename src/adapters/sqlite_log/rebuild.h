#pragma once
#include "ports/database_rebuild.h"

namespace syncwatch::sqlite {

/// Rebuilds SQLite files. Pages are written straight to where they belong; in the end SQLite opens
/// the file and looks at all of it (integrity_check, foreign_key_check).
class Rebuilder final : public DatabaseRebuilder {
public:
    Result<std::unique_ptr<DatabaseRebuild>> begin(std::filesystem::path into,
                                                   std::uint32_t page_bytes) override;
};

}  // namespace syncwatch::sqlite
