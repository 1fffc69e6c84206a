#pragma once
#include <array>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/unique_fd.h"
#include "gateway/websocket/peer.h"

namespace syncwatch::websocket {

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

    /// Takes a socket over behind its handshake. `leftover`: what the client already sent.
    void adopt(UniqueFd socket, std::string leftover, const Accept& accept);
    /// Ends every connection at once, without goodbyes; for the end of the process.
    void end_all();
    std::size_t size() const { return peers_.size(); }
    /// Writes out now what is queued for this turn.
    void flush();

private:
    friend class Peer;

    void mark_dirty(Peer& peer);
    void remove(const std::shared_ptr<Peer>& peer) { peers_.erase(peer); }
    void sweep();

    net::any_io_executor executor_;
    const Options options_;
    std::unordered_set<std::shared_ptr<Peer>> peers_;
    std::vector<std::shared_ptr<Peer>> dirty_;
    bool flush_posted_ = false;
    std::vector<char> read_buffer_;
    net::steady_timer sweeper_;
    SharedFrame ping_;
};

}  // namespace syncwatch::websocket
