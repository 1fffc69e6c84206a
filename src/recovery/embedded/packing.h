#pragma once
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "ports/backup_repository.h"
#include "recovery/embedded/survey.h"

namespace syncwatch::recovery {

struct PackRule {
    std::uint64_t pieces = 1000;  ///< In a pack at most; none spans a multiple of it.
    std::uint64_t bytes = std::uint64_t{16} << 20;
};

/// Runs of pieces that are to become a pack each, of two or more. Pieces with unknown times stay by
/// themselves: there is a gap before each, which a listing has to show. So does what is near the
/// end of a generation: whoever goes on with it looks there.
std::vector<std::vector<PieceName>> runs_to_pack(const Generation& generation,
                                                 const PackRule& rule);

/// Makes few objects of many: a piece of the log is shipped every second, which would be 80,000 to
/// list for a day. A pack is read back before the pieces go that it stands for, and they go a round
/// later, so that whoever read the listing before finds them still.
class Packer {
public:
    /// The repository outlives it.
    Packer(BackupRepository& repository, std::string cluster, PackRule rule = PackRule())
        : repository_(repository), cluster_(std::move(cluster)), rule_(rule) {}

    struct Done {
        std::uint64_t packed = 0;          ///< Pieces.
        std::uint64_t removed = 0;         ///< Pieces.
        std::vector<std::string> damaged;  ///< What could not be packed, and why. It stays.
    };
    /// Does what there is to do. Whatever it is stopped in can be gone on with by anybody. Errors:
    /// as the repository's (reason "no_delete": nothing may be removed there).
    Async<Done> go_round();

private:
    Async<> pack(std::string folder, std::vector<PieceName> run, Done& done);
    Async<> remove_packed(std::string folder, const Generation* generation, Done& done);
    Async<bool> prove(std::string name, PieceName pack, Done& done);

    BackupRepository& repository_;
    const std::string cluster_;
    const PackRule rule_;
    std::set<std::string> proven_;  ///< Packs that were read back in an earlier round, as names.
    std::set<std::string> fresh_;   ///< Those of this round.
};

}  // namespace syncwatch::recovery
