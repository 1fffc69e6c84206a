#pragma once
#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/write.hpp>

namespace syncwatch::relay {

/// What stands behind a relay in its tests: sends back what comes, by TCP and by UDP at one port.
/// A connection whose first byte is `D` gets a flood of bytes instead, until it ends.
class EchoTarget {
public:
    using tcp = boost::asio::ip::tcp;
    using udp = boost::asio::ip::udp;

    EchoTarget() {
        threads_.emplace_back([this] { accept(); });
        threads_.emplace_back([this] { answer_datagrams(); });
    }
    ~EchoTarget() {
        ending_ = true;
        boost::system::error_code ignored;
        tcp::socket knock(context_);  // Wakes accept(), which has no deadline.
        knock.connect(acceptor_.local_endpoint(), ignored);
        udp::socket last(context_, udp::v4());
        last.send_to(boost::asio::buffer("x", 1), datagrams_.local_endpoint(), 0, ignored);
        for (auto& each : threads_) each.join();
    }
    EchoTarget(const EchoTarget&) = delete;
    EchoTarget& operator=(const EchoTarget&) = delete;

    std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
    /// Connections that ended, however.
    int ended() const { return ended_; }
    int accepted() const { return accepted_; }

private:
    void accept() {
        std::vector<std::thread> serving;
        while (!ending_) {
            tcp::socket socket(context_);
            boost::system::error_code failed;
            acceptor_.accept(socket, failed);
            if (failed || ending_) break;
            ++accepted_;
            serving.emplace_back([this, taken = std::move(socket)]() mutable { serve(taken); });
        }
        for (auto& each : serving) each.join();
    }
    void serve(tcp::socket& socket) {
        socket.set_option(tcp::no_delay(true));
        std::vector<char> buffer(64 * 1024);
        boost::system::error_code failed;
        while (!failed) {
            const std::size_t got = socket.read_some(boost::asio::buffer(buffer), failed);
            if (failed) break;
            const bool flood = buffer[0] == 'D';
            do {
                const std::size_t size = flood ? buffer.size() : got;
                boost::asio::write(socket, boost::asio::buffer(buffer.data(), size), failed);
            } while (flood && !failed);
        }
        ++ended_;
    }
    void answer_datagrams() {
        std::vector<char> buffer(64 * 1024);
        while (!ending_) {
            udp::endpoint from;
            boost::system::error_code failed;
            const std::size_t got =
                datagrams_.receive_from(boost::asio::buffer(buffer), from, 0, failed);
            if (!failed) {
                datagrams_.send_to(boost::asio::buffer(buffer.data(), got), from, 0, failed);
            }
        }
    }

    boost::asio::io_context context_;
    std::atomic<bool> ending_{false};
    std::atomic<int> ended_{0};
    std::atomic<int> accepted_{0};
    tcp::acceptor acceptor_{context_, {boost::asio::ip::address_v4::loopback(), 0}};
    udp::socket datagrams_{context_, {boost::asio::ip::address_v4::loopback(), port()}};
    std::vector<std::thread> threads_;
};

}  // namespace syncwatch::relay
