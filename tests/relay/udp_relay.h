#pragma once
#include <array>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/async/task_group.h"
#include "relay/network.h"

namespace syncwatch::relay {

/// Passes datagrams on, with a socket of its own towards the target for each client.
class UdpRelay {
public:
    using udp = net::ip::udp;

    UdpRelay(Network& network, TaskGroup& tasks, udp::socket socket);

    void start();
    void set_target(const udp::endpoint& target) { target_ = target; }
    /// Closes the sockets; the tasks end.
    void close();

private:
    static constexpr std::size_t kMostBytes = 64 * 1024;
    using Buffer = std::array<char, kMostBytes>;

    struct Flow {
        explicit Flow(udp::socket to_target) : socket(std::move(to_target)) {}
        udp::socket socket;
        udp::endpoint client;
        Instant last_used{};
        Buffer buffer{};
    };
    using Deliver = std::function<void(const std::string& bytes)>;
    struct Datagram {
        std::string bytes;
        Deliver deliver;
    };

    net::awaitable<void> receive();
    net::awaitable<void> answer(std::shared_ptr<Flow> flow);
    net::awaitable<void> deliver_when_due();
    std::shared_ptr<Flow> flow_of(const udp::endpoint& client);
    void forget_oldest();
    void send_on(Way& way, std::string bytes, Deliver deliver);

    Network& network_;
    TaskGroup& tasks_;
    udp::socket socket_;
    udp::endpoint target_;
    DatagramPath path_;
    Buffer buffer_{};
    std::map<udp::endpoint, std::shared_ptr<Flow>> flows_;
    std::multimap<Instant, Datagram> under_way_;
    net::steady_timer next_;
    bool closed_ = false;
};

}  // namespace syncwatch::relay
