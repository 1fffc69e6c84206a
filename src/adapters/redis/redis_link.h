#pragma once
#include <deque>
#include <memory>
#include <mutex>
#include <string>

#include "adapters/linked_bus/bus_link.h"
#include "adapters/redis/client.h"

namespace syncwatch::redis {

/// The road over Redis: one channel, which every node publishes to and subscribes to over one
/// connection (RESP 3). One channel for all topics, because a subscription is then in force at
/// once, and because only a stream without holes shows what is missing; nodes are few.
class RedisLink final : public BusLink {
public:
    struct Options {
        Client::Options client;
        std::string channel = "syncwatch:bus";
        /// Messages on their way to the server; over it, new ones are dropped.
        std::size_t max_waiting = 8192;
    };

    /// `random` outlives it.
    RedisLink(Random& random, Options options);
    ~RedisLink() override { stop(); }

    void start(Receiver receiver) override;
    void stop() override { client_.stop(); }
    void send(Bytes bytes) override;
    Status status() const override;

private:
    void flush();
    void publish(const Bytes& bytes);
    Async<> subscribe(std::shared_ptr<Connection> connection);
    void heard(const Reply& push);

    const Options options_;
    Receiver receiver_;
    mutable std::mutex mutex_;  // Guards what follows.
    std::deque<Bytes> queue_;
    bool flushing_ = false;
    std::size_t under_way_ = 0;
    std::uint64_t dropped_ = 0;
    Client client_;  ///< Last: its thread uses the rest.
};

}  // namespace syncwatch::redis
