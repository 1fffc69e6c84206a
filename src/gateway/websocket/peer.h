#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "base/async/async.h"
#include "base/unique_fd.h"
#include "gateway/stream/stream.h"
#include "gateway/websocket/batch.h"
#include "gateway/websocket/decoder.h"
#include "gateway/websocket/frame.h"

namespace syncwatch::websocket {

class Audience;
class Loop;
class Peer;

/// How a frame waits when its receiver is slow.
struct Delivery {
    /// 0: ordered, kept until sent. Otherwise: a kind of state, of which only the newest waits.
    std::uint8_t state_kind = 0;

    static constexpr Delivery ordered() { return {}; }
    static constexpr Delivery newest_of(std::uint8_t kind) { return {kind}; }
};

/// Close codes of the room protocol beside the RFC's own.
enum CloseCode : std::uint16_t {
    kNormalClosure = 1000,
    kGoingAway = 1001,
    kProtocolError = 1002,
    kRestarting = 1012,
    kOverloaded = 1013,
    kBadFrame = 4400,
    kTooSlow = 4413,
    kFlooding = 4429,
};

/// The owner of a conversation: made when a socket is taken over, destroyed when it is gone.
class PeerListener {
public:
    virtual ~PeerListener() = default;
    virtual void on_text(std::string_view message) = 0;
    /// The client sent something that is not of the protocol: say so if you like; the connection
    /// closes with 4400 (1002 for a broken frame) afterwards.
    virtual void on_violation(Violation violation) = 0;
    /// The client closes, for the reason that `code` says; on_closed() follows.
    virtual void on_goodbye(std::optional<std::uint16_t> /*code*/) {}
    /// The connection is gone; nothing is called after this.
    virtual void on_closed() = 0;
};

/// One WebSocket client. Lives on its loop's thread; every call from there.
class Peer : public std::enable_shared_from_this<Peer>, private DecoderEvents {
public:
    Peer(Loop& loop, net::ip::tcp::socket socket, std::unique_ptr<Stream> stream);
    ~Peer() override;

    /// Queues a frame; it leaves with everything else of this turn of the loop, in one send.
    /// A reader whose queue passes the cap is closed with 4413.
    void send(SharedFrame frame, Delivery delivery = {});
    /// Says goodbye behind what is queued; the socket goes when the client answers, or soon.
    void close(std::uint16_t code, std::string_view reason);
    bool is_open() const { return state_ == State::Open; }
    /// Bytes waiting for a slow reader.
    std::size_t queued_bytes() const { return queued_bytes_; }

private:
    friend class Audience;
    friend class Loop;
    enum class State : std::uint8_t { Open, Closing, Gone };

    void start(std::unique_ptr<PeerListener> listener, std::string leftover);
    void wait_readable();
    void wait_to_read(net::ip::tcp::socket::wait_type what);
    void read();
    bool take(std::span<char> bytes);
    bool allow_frame();
    void enqueue(SharedFrame frame, std::uint8_t state_kind);
    void catch_up();
    void say_goodbye(std::uint16_t code, std::string_view reason);
    void flush();
    Moved write_pieces(std::size_t& wanted);
    void wait_to_write(net::ip::tcp::socket::wait_type what);
    void advance(std::size_t sent);
    std::size_t untouchable() const;
    bool replace_queued(const SharedFrame& frame, std::uint8_t kind);
    void drop_queue();
    void end();
    void keep_alive(std::chrono::steady_clock::time_point now);

    bool on_text(std::string_view message) override;
    void on_ping(std::string_view payload) override;
    void on_pong(std::string_view payload) override;
    void on_close(std::optional<std::uint16_t> code, std::string_view reason) override;

    // What a broadcast looks at, side by side: a member is touched once per turn, and cold.
    std::unique_ptr<Stream> stream_;
    std::size_t queued_bytes_ = 0;
    std::uint32_t heard_of_ = 0;  ///< Of what was said in this turn, what stands in our queue.
    std::uint32_t place_ = 0;     ///< In the audience.
    State state_ = State::Open;
    bool waiting_to_write_ = false;
    bool dirty_ = false;  ///< In the loop's list for this turn's flush.
    bool close_when_flushed_ = false;
    bool pinged_ = false;
    float frames_allowed_;
    Audience* audience_ = nullptr;
    Loop& loop_;
    std::vector<Queued> queue_;
    std::size_t first_sent_ = 0;  ///< Bytes of queue_.front() that are gone already.
    net::ip::tcp::socket socket_;
    Decoder decoder_;
    std::unique_ptr<PeerListener> listener_;
    std::chrono::steady_clock::time_point heard_;
    std::chrono::steady_clock::time_point refilled_;
    std::chrono::steady_clock::time_point closing_since_;
};

}  // namespace syncwatch::websocket
