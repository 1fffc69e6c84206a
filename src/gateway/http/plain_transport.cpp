#include <sys/sendfile.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>

#include "gateway/http/transport.h"

namespace syncwatch::http {
namespace {

/// One call moves at most this much, so that a fast client cannot hold the loop.
constexpr std::size_t kMaxPerCall = 256 * 1024;

Moved moved(ssize_t result, Moved::State when_blocked) {
    if (result > 0) return {Moved::State::Done, static_cast<std::size_t>(result)};
    if (result < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return {when_blocked, 0};
    if (result < 0 && errno == EINTR) return {Moved::State::Done, 0};
    return {Moved::State::Closed, 0};
}

/// Outlives the transport while a timer's handler is still queued.
struct Watched {
    explicit Watched(net::ip::tcp::socket taken)
        : socket(std::move(taken)), timer(socket.get_executor()) {}

    net::ip::tcp::socket socket;
    net::steady_timer timer;
    std::uint64_t waits = 0;  ///< Tells a late handler that its wait is long over.
    bool late = false;
};

class PlainTransport final : public Transport {
public:
    explicit PlainTransport(net::ip::tcp::socket socket)
        : watched_(std::make_shared<Watched>(std::move(socket))) {}
    ~PlainTransport() override { close(); }

    Moved read_some(std::span<char> buffer) override {
        return moved(::recv(handle(), buffer.data(), buffer.size(), MSG_DONTWAIT),
                     Moved::State::WantRead);
    }
    Moved write_some(std::span<const char> bytes, bool more) override {
        const int flags = MSG_DONTWAIT | MSG_NOSIGNAL | (more ? MSG_MORE : 0);
        return moved(::send(handle(), bytes.data(), std::min(bytes.size(), kMaxPerCall), flags),
                     Moved::State::WantWrite);
    }
    Moved send_file(int fd, std::uint64_t offset, std::size_t size) override {
        auto at = static_cast<off_t>(offset);
        return moved(::sendfile(handle(), fd, &at, std::min(size, kMaxPerCall)),
                     Moved::State::WantWrite);
    }
    Async<> wait_readable(Instant deadline) override {
        return wait(watched_, net::ip::tcp::socket::wait_read, deadline);
    }
    Async<> wait_writable(Instant deadline) override {
        return wait(watched_, net::ip::tcp::socket::wait_write, deadline);
    }
    bool is_tls() const override { return false; }
    void close() override {
        boost::system::error_code ignored;
        watched_->socket.shutdown(net::ip::tcp::socket::shutdown_both, ignored);
        watched_->socket.close(ignored);
        watched_->timer.cancel();
    }
    UniqueFd release() override {
        boost::system::error_code failed;
        const int fd = watched_->socket.release(failed);
        return failed ? UniqueFd() : UniqueFd(fd);
    }

private:
    int handle() { return watched_->socket.native_handle(); }

    static Async<> wait(std::shared_ptr<Watched> watched, net::ip::tcp::socket::wait_type what,
                        Instant deadline) {
        if (!watched->socket.is_open()) co_return fail(ErrorCode::Cancelled, "closed");
        watched->late = false;
        watched->timer.expires_at(deadline);
        watched->timer.async_wait([watched, wait = ++watched->waits](
                                      boost::system::error_code cancelled) {
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
};

}  // namespace

std::unique_ptr<Transport> make_plain_transport(net::ip::tcp::socket socket) {
    return std::make_unique<PlainTransport>(std::move(socket));
}

}  // namespace syncwatch::http
