#include "gateway/websocket/peer.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <utility>

#include "gateway/websocket/loop.h"

namespace syncwatch::websocket {
namespace {

constexpr std::size_t kMaxPieces = 64;   ///< Frames per sendmsg.
constexpr int kMaxReadsPerTurn = 4;      ///< Then the others have their turn.

}  // namespace

Peer::Peer(Loop& loop, net::ip::tcp::socket socket)
    : loop_(loop),
      socket_(std::move(socket)),
      decoder_(loop.options_.max_message),
      frames_allowed_(loop.options_.frame_burst),
      heard_(std::chrono::steady_clock::now()),
      refilled_(heard_) {}

Peer::~Peer() = default;

void Peer::start(std::unique_ptr<PeerListener> listener, std::string leftover) {
    listener_ = std::move(listener);
    if (!leftover.empty() && !take(leftover)) return;
    wait_readable();
}

void Peer::wait_readable() {
    if (state_ == State::Gone) return;
    socket_.async_wait(net::ip::tcp::socket::wait_read,
                       [self = shared_from_this()](boost::system::error_code failed) {
                           if (failed) return self->end();
                           self->read();
                       });
}

void Peer::read() {
    auto& buffer = loop_.read_buffer_;
    for (int i = 0; i < kMaxReadsPerTurn; ++i) {
        const ssize_t got = ::recv(socket_.native_handle(), buffer.data(), buffer.size(),
                                   MSG_DONTWAIT);
        if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) break;
        if (got <= 0) return end();
        if (!take(std::span(buffer.data(), static_cast<std::size_t>(got)))) return;
        if (static_cast<std::size_t>(got) < buffer.size()) break;
    }
    wait_readable();
}

/// False: the connection is gone, there is nothing more to read.
bool Peer::take(std::span<char> bytes) {
    const auto self = shared_from_this();
    heard_ = std::chrono::steady_clock::now();
    pinged_ = false;
    if (state_ == State::Closing && close_when_flushed_) return true;
    if (const auto violation = decoder_.feed(bytes, *this)) {
        if (state_ == State::Open && listener_) listener_->on_violation(*violation);
        const bool broken = *violation == Violation::Protocol;
        close(broken ? kProtocolError : kBadFrame, broken ? "protocol error" : "bad frame");
    }
    return state_ != State::Gone;
}

bool Peer::allow_frame() {
    const auto now = heard_;
    const std::chrono::duration<float> since = now - refilled_;
    refilled_ = now;
    frames_allowed_ = std::min(loop_.options_.frame_burst,
                               frames_allowed_ + since.count() * loop_.options_.frames_per_second);
    if (frames_allowed_ < 1) return false;
    frames_allowed_ -= 1;
    return true;
}

bool Peer::on_text(std::string_view message) {
    if (state_ != State::Open) return false;
    if (!allow_frame()) {
        close(kFlooding, "too many messages");
        return false;
    }
    if (listener_) listener_->on_text(message);
    return state_ == State::Open;
}

void Peer::on_ping(std::string_view payload) {
    if (state_ == State::Gone || !allow_frame()) return;
    send(SharedFrame(new Frame(Opcode::Pong, payload)));
}

void Peer::on_pong(std::string_view) {}

void Peer::on_close(std::optional<std::uint16_t> code, std::string_view) {
    if (state_ == State::Closing) return end();  // The answer to our own.
    close(code.value_or(kNormalClosure), {});
    close_when_flushed_ = true;
}

void Peer::send(SharedFrame frame, Delivery delivery) {
    if (state_ != State::Open) return;
    const std::size_t size = frame->bytes().size();
    if (delivery.state_kind != 0 && waiting_to_write_ && replace_queued(frame, delivery.state_kind)) {
        return;
    }
    queue_.push_back({std::move(frame), delivery.state_kind});
    queued_bytes_ += size;
    if (queued_bytes_ > loop_.options_.max_queued && waiting_to_write_) {
        drop_queue();
        return close(kTooSlow, "too slow to read");
    }
    if (!waiting_to_write_) loop_.mark_dirty(*this);
}

/// Puts `frame` where an older one of its kind waits. False: none does.
bool Peer::replace_queued(const SharedFrame& frame, std::uint8_t kind) {
    const std::size_t first = first_sent_ > 0 ? 1 : 0;
    for (std::size_t i = queue_.size(); i > first; --i) {
        Queued& waiting = queue_[i - 1];
        if (waiting.state_kind != kind) continue;
        queued_bytes_ += frame->bytes().size();
        queued_bytes_ -= waiting.frame->bytes().size();
        waiting.frame = frame;
        return true;
    }
    return false;
}

/// Forgets what waits, but for a frame that is half sent.
void Peer::drop_queue() {
    const std::size_t keep = first_sent_ > 0 ? 1 : 0;
    queue_.resize(std::min(queue_.size(), keep));
    queued_bytes_ = queue_.empty() ? 0 : queue_.front().frame->bytes().size() - first_sent_;
}

void Peer::close(std::uint16_t code, std::string_view reason) {
    if (state_ != State::Open) return;
    SharedFrame goodbye = frame_close(code, reason);
    queued_bytes_ += goodbye->bytes().size();
    queue_.push_back({std::move(goodbye), 0});
    state_ = State::Closing;
    closing_since_ = std::chrono::steady_clock::now();
    if (!waiting_to_write_) loop_.mark_dirty(*this);
}

void Peer::flush() {
    while (!queue_.empty() && state_ != State::Gone) {
        std::array<iovec, kMaxPieces> pieces;
        std::size_t count = 0;
        std::size_t wanted = 0;
        for (; count < std::min(queue_.size(), kMaxPieces); ++count) {
            const std::string& bytes = queue_[count].frame->bytes();
            const std::size_t skip = count == 0 ? first_sent_ : 0;
            pieces[count] = {const_cast<char*>(bytes.data()) + skip, bytes.size() - skip};
            wanted += bytes.size() - skip;
        }
        ssize_t sent = 0;
        if (count == 1) {
            sent = ::send(socket_.native_handle(), pieces[0].iov_base, pieces[0].iov_len,
                          MSG_DONTWAIT | MSG_NOSIGNAL);
        } else {
            msghdr message{};
            message.msg_iov = pieces.data();
            message.msg_iovlen = count;
            sent = ::sendmsg(socket_.native_handle(), &message, MSG_DONTWAIT | MSG_NOSIGNAL);
        }
        if (sent < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) return end();
        if (sent > 0) advance(static_cast<std::size_t>(sent));
        if (sent < 0 || static_cast<std::size_t>(sent) < wanted) return wait_writable();
    }
    if (close_when_flushed_ && state_ == State::Closing) end();
}

void Peer::advance(std::size_t sent) {
    queued_bytes_ -= sent;
    std::size_t done = 0;
    while (sent > 0) {
        const std::size_t left = queue_[done].frame->bytes().size() - first_sent_;
        if (sent < left) {
            first_sent_ += sent;
            break;
        }
        sent -= left;
        first_sent_ = 0;
        ++done;
    }
    queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(done));
    // A member who is served keeps no memory for it.
    if (queue_.empty() && queue_.capacity() > 16) queue_.shrink_to_fit();
}

void Peer::wait_writable() {
    if (waiting_to_write_) return;
    waiting_to_write_ = true;
    socket_.async_wait(net::ip::tcp::socket::wait_write,
                       [self = shared_from_this()](boost::system::error_code failed) {
                           self->waiting_to_write_ = false;
                           if (failed) return self->end();
                           self->flush();
                       });
}

void Peer::keep_alive(std::chrono::steady_clock::time_point now) {
    if (state_ == State::Closing && now - closing_since_ > loop_.options_.close_patience) {
        return end();
    }
    if (now - heard_ > 2 * loop_.options_.ping_interval) return end();
    if (state_ == State::Open && !pinged_ && now - heard_ > loop_.options_.ping_interval) {
        pinged_ = true;
        send(loop_.ping_);
    }
}

void Peer::end() {
    if (state_ == State::Gone) return;
    const auto self = shared_from_this();
    state_ = State::Gone;
    boost::system::error_code ignored;
    socket_.shutdown(net::ip::tcp::socket::shutdown_both, ignored);
    socket_.close(ignored);
    queue_.clear();
    queued_bytes_ = 0;
    loop_.remove(self);
    if (const auto listener = std::exchange(listener_, nullptr)) listener->on_closed();
}

}  // namespace syncwatch::websocket
