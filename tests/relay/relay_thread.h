#pragma once
#include <future>
#include <stdexcept>
#include <thread>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>

#include "relay/fault_relay.h"

namespace syncwatch::relay {

/// A relay on loopback with a thread of its own, for blocking tests in the same process.
class RelayThread {
public:
    explicit RelayThread(std::uint16_t target_port, std::uint64_t seed = 1)
        : relay_(context_.get_executor(), options(target_port, seed)) {
        if (const auto started = relay_.start(); !started) {
            throw std::runtime_error(started.error().message);
        }
        thread_ = std::thread([this] { context_.run(); });
    }
    ~RelayThread() {
        net::co_spawn(context_, relay_.stop(), net::use_future).wait();
        keep_.reset();
        thread_.join();
    }
    RelayThread(const RelayThread&) = delete;
    RelayThread& operator=(const RelayThread&) = delete;

    std::uint16_t port() const { return relay_.port(); }

    /// Calls `act(FaultRelay&)` on the relay's thread and gives what it returns.
    template <class Act>
    auto with(Act act) {
        std::packaged_task<decltype(act(relay_))()> task([&] { return act(relay_); });
        auto done = task.get_future();
        net::post(context_, [&task] { task(); });
        return done.get();
    }
    void set(Direction direction, const Conditions& conditions) {
        with([&](FaultRelay& relay) { relay.set_conditions(direction, conditions); });
    }

private:
    static FaultRelay::Options options(std::uint16_t target_port, std::uint64_t seed) {
        FaultRelay::Options options;
        options.address = net::ip::address_v4::loopback();
        options.target_port = target_port;
        options.seed = seed;
        return options;
    }

    net::io_context context_{1};
    net::executor_work_guard<net::io_context::executor_type> keep_{context_.get_executor()};
    FaultRelay relay_;
    std::thread thread_;
};

}  // namespace syncwatch::relay
