#include "gateway/websocket/audience.h"

#include <utility>

#include "gateway/websocket/loop.h"

namespace syncwatch::websocket {

Audience::~Audience() {
    while (!peers_.empty()) remove(*peers_.back());
}

void Audience::add(Peer& peer) {
    loop_ = &peer.loop_;
    peer.audience_ = this;
    peer.place_ = static_cast<std::uint32_t>(peers_.size());
    peer.heard_of_ = static_cast<std::uint32_t>(said_.size());
    peers_.push_back(&peer);
}

void Audience::remove(Peer& peer) {
    if (peer.audience_ != this) return;
    peer.catch_up();
    leave(peer);
}

void Audience::leave(Peer& peer) {
    peers_[peer.place_] = peers_.back();
    peers_[peer.place_]->place_ = peer.place_;
    peers_.pop_back();
    peer.audience_ = nullptr;
    peer.heard_of_ = 0;
    if (!peers_.empty()) return;
    // Nobody is left to hear what was said in this turn.
    if (!said_.empty()) loop_->forget(*this);
    said_.clear();
    loop_ = nullptr;
}

void Audience::send(SharedFrame frame, Delivery delivery) {
    if (peers_.empty()) return;
    if (said_.empty()) loop_->mark_spoken(*this);
    said_.push_back({std::move(frame), delivery.state_kind});
}

void Audience::flush() {
    const std::string_view whole = loop_->batch_.join(said_);
    for (std::size_t i = 0; i < peers_.size(); ++i) {
        // Each send leaves the caches to the kernel: what the next ones need is called for early.
        if (i + 2 < peers_.size()) __builtin_prefetch(peers_[i + 2]);
        if (i + 1 < peers_.size()) __builtin_prefetch(peers_[i + 1]->stream_.get());
        flush_to(*peers_[i], whole);
    }
    said_.clear();
    for (const auto& peer : std::exchange(broken_, {})) peer->end();
}

/// `whole` empty: too much was said to be written in one piece.
void Audience::flush_to(Peer& peer, std::string_view whole) {
    const bool ready = peer.is_open() && peer.queued_bytes_ == 0 && !peer.waiting_to_write_ &&
                       peer.heard_of_ == 0 && !whole.empty();
    if (!ready) {
        peer.catch_up();
        peer.heard_of_ = 0;
        return;
    }
    const Moved moved = peer.stream_->write_some(whole, false);
    if (moved.bytes == whole.size()) return;
    if (moved.state == Moved::State::Closed) return broken_.push_back(peer.shared_from_this());
    peer.queue_ = said_;
    peer.queued_bytes_ = whole.size();
    if (moved.bytes > 0) peer.advance(moved.bytes);
    peer.wait_to_write(moved.state == Moved::State::WantRead ? net::ip::tcp::socket::wait_read
                                                             : net::ip::tcp::socket::wait_write);
}

}  // namespace syncwatch::websocket
