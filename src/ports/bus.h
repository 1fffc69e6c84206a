#pragma once
#include <functional>
#include <memory>
#include <string>

#include "base/async/async.h"

namespace syncwatch {

/// Messages between nodes, and between the parts of one: a session ended, a ban, a video's new
/// state, a room's register. At most once, in order per topic and publisher; whoever needs more
/// keeps it in the database and treats the message as a hint to look.
/// Embedded: in-process. Production: Redis, with PostgreSQL in reserve. All pass
/// tests/contract/bus_contract.h.
class Bus {
public:
    /// Ends the subscription when destroyed. Destroy it on the executor it was made for.
    class Subscription {
    public:
        virtual ~Subscription() = default;
    };
    using Handler = std::function<void(const std::string& payload)>;
    using GapHandler = std::function<void()>;

    virtual ~Bus() = default;

    /// Never waits for receivers. A full queue drops the message and counts it. Handlers are called
    /// in the name of the request that this thread is at work for (log::current_request()).
    virtual void publish(const std::string& topic, std::string payload) = 0;
    /// Calls `handler` on `executor` for each message to `topic` published from now on, the
    /// publisher's own included.
    [[nodiscard]] virtual std::unique_ptr<Subscription> subscribe(const std::string& topic,
                                                                  net::any_io_executor executor,
                                                                  Handler handler) = 0;
    /// Calls `handler` on `executor` when messages to this node may have been lost and the bus
    /// works again: now is the time to look at the database and to exchange what must not differ
    /// between nodes. Once for what was lost together. In one process never.
    [[nodiscard]] virtual std::unique_ptr<Subscription> on_gap(net::any_io_executor executor,
                                                               GapHandler handler) = 0;
};

}  // namespace syncwatch
