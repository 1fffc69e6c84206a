#pragma once
#include <array>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/unique_fd.h"
#include "gateway/stream/stream.h"
#include "gateway/websocket/batch.h"
#include "gateway/websocket/peer.h"

namespace syncwatch::websocket {

class Audience;

struct Options {
    std::size_t max_message = 64 * 1024;
    std::size_t max_queued = 256 * 1024;  ///< Bytes a slow reader may have waiting.
    int send_buffer = 64 * 1024;          ///< SO_SNDBUF: what hides in the kernel is bounded too.
    std::chrono::seconds ping_interval{20};
    std::chrono::seconds close_patience{5};
    float frames_per_second = 60;  ///< A member's steady rate …
    float frame_burst = 400;       ///< … and how far ahead of it they may be.
};

/// All the WebSocket clients of one thread: one read buffer, one flush per turn, one timer.
class Loop {
public:
    using Accept = std::function<std::unique_ptr<PeerListener>(Peer&)>;

    Loop(net::any_io_executor executor, Options options);
    ~Loop();
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    /// Takes a socket over behind its handshake, with the stream that moves its bytes.
    /// `leftover`: what the client already sent.
    void adopt(UniqueFd socket, std::unique_ptr<Stream> stream, std::string leftover,
               const Accept& accept);
    /// The same for a plain socket.
    void adopt(UniqueFd socket, std::string leftover, const Accept& accept);
    /// Ends every connection at once, without goodbyes; for the end of the process.
    void end_all();
    std::size_t size() const { return peers_.size(); }
    /// Writes out now what is queued for this turn.
    void flush();

private:
    friend class Audience;
    friend class Peer;

    void mark_dirty(Peer& peer);
    void mark_spoken(Audience& audience);
    void forget(Audience& audience);
    void post_flush();
    void remove(const std::shared_ptr<Peer>& peer);
    void sweep();

    net::any_io_executor executor_;
    const Options options_;
    std::unordered_set<std::shared_ptr<Peer>> peers_;
    std::vector<Audience*> spoken_;              ///< Something was said to them; nullptr: is gone.
    std::vector<Audience*> flushing_audiences_;  ///< Likewise, while they are flushed.
    std::vector<Peer*> dirty_;                   ///< They have something to send; nullptr: is gone.
    std::vector<Peer*> flushing_;                ///< Likewise, while that is done.
    Batch batch_;
    bool flush_posted_ = false;
    std::vector<char> read_buffer_;
    net::steady_timer sweeper_;
    SharedFrame ping_;
};

}  // namespace syncwatch::websocket
