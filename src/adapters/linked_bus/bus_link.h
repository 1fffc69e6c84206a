#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace syncwatch {

/// One road between all nodes, which LinkedBus makes a Bus of: what one node sends, every node that
/// is connected hears, the sender included. Within one connection nothing is lost, repeated or
/// overtaken; at a break anything may be. Redis and PostgreSQL are such roads.
/// It connects by itself, and again, for as long as it is started.
class BusLink {
public:
    using Bytes = std::shared_ptr<const std::string>;
    /// Called on a thread of the link's own. Neither may wait.
    struct Receiver {
        std::function<void(std::string_view bytes)> message;
        /// True: what is sent from now on arrives, and what others send is heard.
        std::function<void(bool connected)> connected;
    };
    struct Status {
        bool connected = false;
        std::string at;   ///< The server: "127.0.0.1:6379".
        std::string why;  ///< Of the last break; empty: there was none.
        std::uint64_t breaks = 0;
        std::size_t waiting = 0;  ///< Messages that the server has not confirmed.
        std::uint64_t dropped = 0;
    };

    virtual ~BusLink() = default;

    /// Once.
    virtual void start(Receiver receiver) = 0;
    /// When it returns, the receiver is not called any more. Without start() nothing.
    virtual void stop() = 0;
    /// Never waits. While it is not connected, or over the link's bound, the message is dropped and
    /// counted. From any thread.
    virtual void send(Bytes bytes) = 0;
    /// From any thread.
    virtual Status status() const = 0;
};

}  // namespace syncwatch
