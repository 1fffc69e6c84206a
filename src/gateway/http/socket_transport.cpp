#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "gateway/http/transport.h"

namespace syncwatch::http {
namespace {

/// Outlives the transport while a timer's handler is still queued.
struct Watched {
    explicit Watched(net::ip::tcp::socket taken)
        : socket(std::move(taken)), timer(socket.get_executor()) {}

    net::ip::tcp::socket socket;
    net::steady_timer timer;
    std::uint64_t waits = 0;  ///< Tells a late handler that its wait is long over.
    bool late = false;
};

class SocketTransport final : public Transport {
public:
    SocketTransport(net::ip::tcp::socket socket, std::unique_ptr<Stream> stream)
        : watched_(std::make_shared<Watched>(std::move(socket))), stream_(std::move(stream)) {}
    ~SocketTransport() override { close(); }

    Stream& stream() override { return *stream_; }

    Async<> wait_readable(Instant deadline) override {
        return wait(watched_, net::ip::tcp::socket::wait_read, deadline);
    }
    Async<> wait_writable(Instant deadline) override {
        return wait(watched_, net::ip::tcp::socket::wait_write, deadline);
    }
    void close() override {
        if (stream_ && watched_->socket.is_open()) stream_->say_goodbye();
        boost::system::error_code ignored;
        watched_->socket.shutdown(net::ip::tcp::socket::shutdown_both, ignored);
        watched_->socket.close(ignored);
        watched_->timer.cancel();
    }
    Released release() override {
        boost::system::error_code failed;
        const int fd = watched_->socket.release(failed);
        return {failed ? UniqueFd() : UniqueFd(fd), std::move(stream_)};
    }

private:
    static Async<> wait(std::shared_ptr<Watched> watched, net::ip::tcp::socket::wait_type what,
                        Instant deadline) {
        if (!watched->socket.is_open()) co_return fail(ErrorCode::Cancelled, "closed");
        watched->late = false;
        watched->timer.expires_at(deadline);
        watched->timer.async_wait(
            [watched, wait = ++watched->waits](boost::system::error_code cancelled) {
                if (cancelled || wait != watched->waits) return;
                watched->late = true;
                boost::system::error_code ignored;
                watched->socket.cancel(ignored);
            });
        const auto [failed] =
            co_await watched->socket.async_wait(what, net::as_tuple(net::use_awaitable));
        ++watched->waits;
        watched->timer.cancel();
        if (watched->late) co_return fail(ErrorCode::Timeout, "the client was silent too long");
        if (failed) co_return fail(ErrorCode::Cancelled, "the client left");
        co_return Result<>{};
    }

    std::shared_ptr<Watched> watched_;
    std::unique_ptr<Stream> stream_;
};

}  // namespace

Async<> Transport::wait_for(Moved::State state, Instant deadline) {
    switch (state) {
        case Moved::State::Done: co_return Result<>{};
        case Moved::State::WantRead: co_return co_await wait_readable(deadline);
        case Moved::State::WantWrite: co_return co_await wait_writable(deadline);
        case Moved::State::Closed: break;
    }
    co_return fail(ErrorCode::Cancelled, "the client left");
}

std::unique_ptr<Transport> make_transport(net::ip::tcp::socket socket,
                                          std::unique_ptr<Stream> stream) {
    return std::make_unique<SocketTransport>(std::move(socket), std::move(stream));
}

}  // namespace syncwatch::http
