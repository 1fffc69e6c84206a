#pragma once
#include <future>
#include <memory>
#include <optional>
#include <string>

#include "apps/config/settings.h"
#include "apps/node/copying_stores.h"
#include "apps/node/powers.h"
#include "apps/node/storage.h"
#include "base/async/task_group.h"
#include "gateway/metrics/text.h"
#include "services/objects/object_mender.h"
#include "services/objects/other_makers.h"
#include "services/objects/replicator.h"
#include "services/objects/wanted_objects.h"

namespace syncwatch::apps {

/// What keeps objects whole while this process runs: copies into the second store, repairs, the
/// audit. Nodes and workers share it through the ledger.
class ReplicationPart {
public:
    /// `home`: the executor of its tasks, a shard that outlives them.
    ReplicationPart(Powers& powers, Storage& storage, const config::Settings& settings,
                    net::any_io_executor home);
    /// Stops it, if nobody did.
    ~ReplicationPart();

    /// Who makes here what no store has; it does so for other processes, too. Before start().
    /// Without one the others are asked, if there may be any.
    void set_maker(ObjectMaker& maker);
    void start();
    /// Ends what is under way, and waits for it. Not from a shard.
    void stop();
    void write_metrics(metrics::Text& text) const;

private:
    net::awaitable<void> begin();
    net::awaitable<void> end();
    void write_copies(metrics::Text& text) const;
    void write_faults(metrics::Text& text) const;
    void write_audit(metrics::Text& text) const;

    Powers& powers_;
    Storage& storage_;
    const bool has_second_;
    const std::string second_name_;
    const bool has_others_;
    net::any_io_executor home_;
    std::unique_ptr<CopyingStores> stores_;  ///< nullptr: they could not be opened.
    std::optional<ObjectMender> mender_;
    std::optional<Replicator> replicator_;
    bool makes_ = false;
    std::optional<WantedObjects> wanted_;  ///< Where this process makes what others want.
    OtherMakers others_;
    TaskGroup tasks_;
    bool running_ = false;
};

}  // namespace syncwatch::apps
