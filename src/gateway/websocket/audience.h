#pragma once
#include <cstddef>
#include <vector>

#include "gateway/websocket/batch.h"
#include "gateway/websocket/peer.h"

namespace syncwatch::websocket {

/// Peers of one loop that hear the same: a room. What is said to them in a turn is kept once for
/// all, and costs each of them one send; only who cannot keep up gets a queue of their own. A peer
/// hears what is said to everybody and what is said to it alone in the order it was said.
class Audience {
public:
    Audience() = default;
    Audience(const Audience&) = delete;
    Audience& operator=(const Audience&) = delete;
    /// Nothing that was said is lost.
    ~Audience();

    /// The peer hears what is said from now on. It is in one audience at most.
    void add(Peer& peer);
    /// It hears what was said so far. A peer that ends leaves by itself.
    void remove(Peer& peer);
    void send(SharedFrame frame, Delivery delivery = {});
    std::size_t size() const { return peers_.size(); }

private:
    friend class Loop;
    friend class Peer;

    /// Writes this turn's frames to everybody.
    void flush();
    void flush_to(Peer& peer, std::string_view whole);
    void leave(Peer& peer);

    Loop* loop_ = nullptr;  ///< Of its peers; nullptr: there are none.
    std::vector<Peer*> peers_;
    std::vector<Queued> said_;  ///< In this turn.
    /// Whose sockets broke in this flush: whoever hears of it may change what is being flushed.
    std::vector<std::shared_ptr<Peer>> broken_;
};

}  // namespace syncwatch::websocket
