#include "gateway/websocket/loop.h"

#include <sys/socket.h>

#include <boost/asio/post.hpp>
#include <utility>

namespace syncwatch::websocket {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kReadBuffer = 64 * 1024;
constexpr auto kSweepEvery = 1s;

net::ip::tcp protocol_of(int fd) {
    sockaddr_storage address{};
    socklen_t size = sizeof(address);
    ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
    return address.ss_family == AF_INET6 ? net::ip::tcp::v6() : net::ip::tcp::v4();
}

}  // namespace

Loop::Loop(net::any_io_executor executor, Options options)
    : executor_(std::move(executor)),
      options_(options),
      read_buffer_(kReadBuffer),
      sweeper_(executor_),
      ping_(new Frame(Opcode::Ping, {})) {}

Loop::~Loop() { end_all(); }

void Loop::adopt(UniqueFd socket, std::string leftover, const Accept& accept) {
    const int fd = socket.get();
    net::ip::tcp::socket taken(executor_);
    boost::system::error_code failed;
    taken.assign(protocol_of(fd), fd, failed);
    if (failed) return;
    (void)socket.release();
    taken.set_option(net::ip::tcp::no_delay(true), failed);
    taken.set_option(net::socket_base::send_buffer_size(options_.send_buffer), failed);
    auto peer = std::make_shared<Peer>(*this, std::move(taken));
    if (peers_.empty()) {
        sweeper_.expires_after(kSweepEvery);
        sweeper_.async_wait([this](boost::system::error_code stopped) {
            if (!stopped) sweep();
        });
    }
    peers_.insert(peer);
    peer->start(accept(*peer), std::move(leftover));
}

void Loop::end_all() {
    sweeper_.cancel();
    for (const auto& peer : std::exchange(peers_, {})) peer->end();
    dirty_.clear();
}

void Loop::mark_dirty(Peer& peer) {
    if (peer.dirty_) return;
    peer.dirty_ = true;
    dirty_.push_back(peer.shared_from_this());
    if (flush_posted_) return;
    flush_posted_ = true;
    net::post(executor_, [this] { flush(); });
}

void Loop::flush() {
    flush_posted_ = false;
    // A flush can end a peer, whose listener may send to others: those wait for the next turn.
    auto now = std::exchange(dirty_, {});
    for (const auto& peer : now) {
        peer->dirty_ = false;
        peer->flush();
    }
    now.clear();
    if (dirty_.empty()) dirty_ = std::move(now);
}

void Loop::sweep() {
    const auto now = std::chrono::steady_clock::now();
    const std::vector<std::shared_ptr<Peer>> all(peers_.begin(), peers_.end());
    for (const auto& peer : all) peer->keep_alive(now);
    if (peers_.empty()) return;
    sweeper_.expires_after(kSweepEvery);
    sweeper_.async_wait([this](boost::system::error_code stopped) {
        if (!stopped) sweep();
    });
}

}  // namespace syncwatch::websocket
