#pragma once
#include <memory>

#include "adapters/linked_bus/linked_bus.h"
#include "adapters/memory/memory_bus.h"
#include "adapters/redis/client.h"
#include "apps/config/settings.h"
#include "apps/node/change_listener.h"
#include "gateway/health/health_board.h"
#include "gateway/metrics/text.h"

namespace syncwatch::apps {

/// How to reach Redis, as the settings have it. Errors: InvalidInput.
Result<redis::Client::Options> redis_client(const config::Settings& settings);

/// What the parts of a node talk through, and nodes among one another: in this process alone, or
/// over Redis, with PostgreSQL in reserve.
class NodeBus {
public:
    /// Connects to nobody yet. `clock` and `random` outlive it. Errors: InvalidInput (the
    /// settings).
    static Result<std::unique_ptr<NodeBus>> make(const config::Settings& settings, Clock& clock,
                                                 Random& random);

    Bus& get() { return linked_ ? static_cast<Bus&>(*linked_) : *memory_; }
    /// Connects in the background. Once.
    void start();

    /// Hears whether nodes talk over the first road.
    ChangeListener& listener() { return listener_; }

    http::ComponentState state() const;
    void write_metrics(metrics::Text& text) const;

private:
    NodeBus() = default;

    ChangeListener listener_;  ///< Before what tells it.
    std::unique_ptr<MemoryBus> memory_;
    std::unique_ptr<LinkedBus> linked_;  ///< nullptr: there is one node.
};

}  // namespace syncwatch::apps
