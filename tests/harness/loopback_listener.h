#pragma once
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <thread>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "base/unique_fd.h"

namespace syncwatch {

/// A port on loopback for a test's own server: hands over each connection, one after the other, on
/// a thread of its own. Where it is the last member, the others outlive its calls.
class LoopbackListener {
public:
    using Serve = std::function<void(UniqueFd client)>;

    /// The next client waits until `serve` returns.
    explicit LoopbackListener(Serve serve)
        : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof(address);
        auto* const any = reinterpret_cast<sockaddr*>(&address);
        if (::bind(socket_.get(), any, size) != 0 || ::listen(socket_.get(), 64) != 0 ||
            ::getsockname(socket_.get(), any, &size) != 0) {
            std::abort();
        }
        port_ = ntohs(address.sin_port);
        thread_ = std::thread([this, serve = std::move(serve)] {
            while (UniqueFd client{::accept(socket_.get(), nullptr, nullptr)}) {
                serve(std::move(client));
            }
        });
    }
    LoopbackListener(const LoopbackListener&) = delete;
    LoopbackListener& operator=(const LoopbackListener&) = delete;
    ~LoopbackListener() { stop(); }

    std::uint16_t port() const { return port_; }

    /// Nobody is served any more when it returns.
    void stop() {
        if (!thread_.joinable()) return;
        ::shutdown(socket_.get(), SHUT_RDWR);
        thread_.join();
    }

private:
    const UniqueFd socket_;
    std::uint16_t port_ = 0;
    std::thread thread_;
};

}  // namespace syncwatch
