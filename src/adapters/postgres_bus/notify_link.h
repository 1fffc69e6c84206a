#pragma once
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "adapters/linked_bus/bus_link.h"
#include "adapters/postgres_bus/chunks.h"
#include "adapters/postgres_bus/listener.h"
#include "ports/random.h"

namespace syncwatch::postgres {

/// The road over PostgreSQL: LISTEN and NOTIFY on one channel, over one connection of its own, on a
/// thread of its own. What waits while a commit is under way goes with the next. Of several hosts
/// in the URL the one that can be written to is used.
class NotifyLink final : public BusLink {
public:
    struct Options {
        std::string url;  ///< As libpq takes it.
        /// Asked at each new connection; nullptr, or empty: the URL's, or none.
        std::function<std::string()> password = nullptr;
        std::string channel = "syncwatch_bus";           ///< A plain SQL name.
        std::chrono::milliseconds connect_within{2000};  ///< Each host.
        std::chrono::milliseconds answer_within{2000};
        std::chrono::milliseconds longest_pause{2000};  ///< Between two tries.
        /// Messages that wait for a commit; over it, new ones are dropped.
        std::size_t max_waiting = 8192;
    };

    /// `random` outlives it.
    NotifyLink(Random& random, Options options);
    NotifyLink(const NotifyLink&) = delete;
    NotifyLink& operator=(const NotifyLink&) = delete;
    ~NotifyLink() override { stop(); }

    void start(Receiver receiver) override;
    void stop() override;
    void send(Bytes bytes) override;
    Status status() const override;

private:
    void run(const std::stop_token& stop);
    Result<> serve(Listener& listener, const std::stop_token& stop);
    Result<std::unique_ptr<Listener>> connect();
    std::vector<std::string> next_batch();
    void pause(const std::stop_token& stop);
    void set_connected(bool connected, const std::string& why);

    Random& random_;
    const Options options_;
    Receiver receiver_;
    const Waker waker_;
    std::uint64_t sender_ = 0;
    std::uint64_t number_ = 0;
    std::vector<Server> servers_;
    std::size_t server_ = 0;  ///< Index of the one that is used or tried.
    std::chrono::milliseconds pause_{0};
    mutable std::mutex mutex_;  // Guards what follows.
    std::deque<Bytes> queue_;
    Status status_;
    std::jthread thread_;
};

}  // namespace syncwatch::postgres
