#pragma once
#include <map>
#include <vector>

#include "recovery/catalogue/graph.h"

namespace syncwatch::recovery {

/// What can be replayed on each base, found once. The graph outlives it.
class Reaches {
public:
    explicit Reaches(const BackupGraph& graph) : graph_(graph) {}

    struct Reach {
        BackupGraph::Replay replay;
        WallTime to;  ///< As far as it goes.
    };
    const Reach& of(const BackupRecord& base);
    /// The base that is nearest to what a log brings back, of those that it can be replayed on.
    /// nullptr: it can on none.
    const BackupRecord* nearest_base(const BackupRecord& log);
    /// The log, and all that is replayed between `base` and it.
    BackupGraph::Records way_to(const BackupRecord& log, const BackupRecord& base);

private:
    const BackupGraph& graph_;
    std::map<BackupId, Reach> reaches_;
};

/// A record that moments from `since` on cannot do without.
struct Needed {
    const BackupRecord* record = nullptr;
    WallTime since;
};

/// What is enough to bring back every moment since `start` that can be: of each moment the newest
/// base that reaches it, with the logs between them. Not what these bases themselves stand on.
std::vector<Needed> needed_since(const BackupGraph& graph, WallTime start);

}  // namespace syncwatch::recovery
