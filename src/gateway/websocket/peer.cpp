#include "gateway/websocket/peer.h"

#include <algorithm>
#include <array>
#include <utility>

#include <boost/asio/post.hpp>
#include <sys/uio.h>

#include "gateway/websocket/audience.h"
#include "gateway/websocket/loop.h"

namespace syncwatch::websocket {
namespace {

constexpr int kMaxReadsPerTurn = 4;  ///< Then the others have their turn.

}  // namespace

Peer::Peer(Loop& loop, net::ip::tcp::socket socket, std::unique_ptr<Stream> stream)
    : stream_(std::move(stream)),
      frames_allowed_(loop.options_.frame_burst),
      loop_(loop),
      socket_(std::move(socket)),
      decoder_(loop.options_.max_message),
      heard_(std::chrono::steady_clock::now()),
      refilled_(heard_) {}

Peer::~Peer() = default;

void Peer::start(std::unique_ptr<PeerListener> listener, std::string leftover) {
    listener_ = std::move(listener);
    if (!leftover.empty() && !take(leftover)) return;
    // TLS may hold bytes that the socket will never announce.
    stream_->is_tls() ? read() : wait_readable();
}

void Peer::wait_readable() {
    wait_to_read(net::ip::tcp::socket::wait_read);
}

void Peer::wait_to_read(net::ip::tcp::socket::wait_type what) {
    if (state_ == State::Gone) return;
    socket_.async_wait(what, [self = shared_from_this()](boost::system::error_code failed) {
        if (failed) return self->end();
        self->read();
    });
}

void Peer::read() {
    auto& buffer = loop_.read_buffer_;
    for (int i = 0; i < kMaxReadsPerTurn; ++i) {
        const Moved moved = stream_->read_some(buffer);
        if (moved.state == Moved::State::Closed) return end();
        if (moved.state == Moved::State::WantRead) break;
        if (moved.state == Moved::State::WantWrite) {
            return wait_to_read(net::ip::tcp::socket::wait_write);
        }
        if (!take(std::span(buffer.data(), moved.bytes))) return;
        // A plain socket that gave less than it could is empty; TLS gives record by record.
        if (moved.bytes < buffer.size() && !stream_->is_tls()) break;
    }
    wait_readable();
}

/// False: the connection is gone, there is nothing more to read.
bool Peer::take(std::span<char> bytes) {
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
    // What was on its way when we said goodbye: the client's answer comes behind it.
    if (state_ != State::Open) return state_ == State::Closing;
    if (!allow_frame()) {
        close(kFlooding, "too many messages");
        return true;
    }
    if (listener_) listener_->on_text(message);
    return state_ != State::Gone;
}

void Peer::on_ping(std::string_view payload) {
    if (state_ == State::Gone || !allow_frame()) return;
    send(Frame::make(Opcode::Pong, payload));
}

void Peer::on_pong(std::string_view) {}

void Peer::on_close(std::optional<std::uint16_t> code, std::string_view) {
    if (state_ == State::Closing) return end();  // The answer to our own.
    if (state_ == State::Open && listener_) listener_->on_goodbye(code);
    close(code.value_or(kNormalClosure), {});
    close_when_flushed_ = true;
}

void Peer::send(SharedFrame frame, Delivery delivery) {
    catch_up();
    enqueue(std::move(frame), delivery.state_kind);
}

/// Takes into our own queue what was said to our audience: something else comes behind it.
void Peer::catch_up() {
    if (audience_ == nullptr) return;
    const std::vector<Queued>& said = audience_->said_;
    for (; heard_of_ < said.size() && state_ == State::Open; ++heard_of_) {
        enqueue(said[heard_of_].frame, said[heard_of_].state_kind);
    }
}

void Peer::enqueue(SharedFrame frame, std::uint8_t state_kind) {
    if (state_ != State::Open) return;
    if (state_kind != 0 && waiting_to_write_ && replace_queued(frame, state_kind)) return;
    queued_bytes_ += frame->bytes().size();
    queue_.push_back({std::move(frame), state_kind});
    if (queued_bytes_ > loop_.options_.max_queued && waiting_to_write_) {
        drop_queue();
        return say_goodbye(kTooSlow, "too slow to read");
    }
    if (!waiting_to_write_) loop_.mark_dirty(*this);
}

/// Frames at the front of the queue that are half sent, or encrypted already: they stay as they
/// are.
std::size_t Peer::untouchable() const {
    std::size_t given = first_sent_ + stream_->committed();
    std::size_t frames = 0;
    while (given > 0 && frames < queue_.size()) {
        given -= std::min(given, queue_[frames].frame->bytes().size());
        ++frames;
    }
    return frames;
}

/// Puts `frame` where an older one of its kind waits. False: none does.
bool Peer::replace_queued(const SharedFrame& frame, std::uint8_t kind) {
    const std::size_t first = untouchable();
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

/// Forgets what waits, but for what has begun to leave.
void Peer::drop_queue() {
    queue_.resize(untouchable());
    queued_bytes_ = 0;
    for (const Queued& each : queue_) queued_bytes_ += each.frame->bytes().size();
    queued_bytes_ -= first_sent_;
}

void Peer::close(std::uint16_t code, std::string_view reason) {
    catch_up();
    if (state_ == State::Open) say_goodbye(code, reason);
}

void Peer::say_goodbye(std::uint16_t code, std::string_view reason) {
    SharedFrame goodbye = frame_close(code, reason);
    queued_bytes_ += goodbye->bytes().size();
    queue_.push_back({std::move(goodbye), 0});
    state_ = State::Closing;
    closing_since_ = std::chrono::steady_clock::now();
    if (!waiting_to_write_) loop_.mark_dirty(*this);
}

/// The last thing that is done with a peer in a turn: it may be gone afterwards.
void Peer::flush() {
    while (!queue_.empty() && state_ != State::Gone) {
        // What has begun to leave is not what the others get.
        const std::string_view whole =
            first_sent_ == 0 ? loop_.batch_.join(queue_) : std::string_view();
        std::size_t wanted = whole.size();
        const Moved moved =
            whole.empty() ? write_pieces(wanted) : stream_->write_some(whole, false);
        if (moved.state == Moved::State::Closed) return end();
        if (moved.bytes > 0) advance(moved.bytes);
        const bool short_of_room = !stream_->is_tls() && moved.bytes < wanted;
        if (moved.state == Moved::State::WantRead) {
            return wait_to_write(net::ip::tcp::socket::wait_read);
        }
        if (moved.state == Moved::State::WantWrite || short_of_room) {
            return wait_to_write(net::ip::tcp::socket::wait_write);
        }
    }
    if (close_when_flushed_ && state_ == State::Closing) end();
}

Moved Peer::write_pieces(std::size_t& wanted) {
    std::array<iovec, Batch::kMostFrames> pieces;
    const std::size_t count = std::min(queue_.size(), pieces.size());
    for (std::size_t i = 0; i < count; ++i) {
        std::string_view bytes = queue_[i].frame->bytes();
        if (i == 0) bytes.remove_prefix(first_sent_);
        pieces[i] = {const_cast<char*>(bytes.data()), bytes.size()};
        wanted += bytes.size();
    }
    return stream_->write_pieces({pieces.data(), count});
}

void Peer::advance(std::size_t sent) {
    queued_bytes_ -= sent;
    if (queued_bytes_ == 0) {
        first_sent_ = 0;
        return queue_.clear();
    }
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
}

void Peer::wait_to_write(net::ip::tcp::socket::wait_type what) {
    if (waiting_to_write_) return;
    waiting_to_write_ = true;
    socket_.async_wait(what, [self = shared_from_this()](boost::system::error_code failed) {
        self->waiting_to_write_ = false;
        if (failed) return self->end();
        self->flush();
    });
}

void Peer::keep_alive(std::chrono::steady_clock::time_point now) {
    // A member who is served keeps no memory for it, but not every turn anew.
    if (queue_.empty()) queue_.shrink_to_fit();
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
    if (audience_ != nullptr) audience_->leave(*this);
    boost::system::error_code ignored;
    stream_->say_goodbye();
    socket_.shutdown(net::ip::tcp::socket::shutdown_both, ignored);
    socket_.close(ignored);
    queue_.clear();
    queued_bytes_ = 0;
    loop_.remove(self);
    if (const auto listener = std::exchange(listener_, nullptr)) listener->on_closed();
}

}  // namespace syncwatch::websocket
