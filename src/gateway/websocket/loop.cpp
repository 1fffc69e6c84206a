#include "gateway/websocket/loop.h"

#include <algorithm>
#include <utility>

#include <boost/asio/post.hpp>
#include <sys/socket.h>

#include "gateway/websocket/audience.h"

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
      ping_(Frame::make(Opcode::Ping, {})) {}

Loop::~Loop() {
    end_all();
}

void Loop::adopt(UniqueFd socket, std::string leftover, const Accept& accept) {
    auto stream = make_plain_stream(socket.get());
    adopt(std::move(socket), std::move(stream), std::move(leftover), accept);
}

void Loop::adopt(UniqueFd socket, std::unique_ptr<Stream> stream, std::string leftover,
                 const Accept& accept) {
    const int fd = socket.get();
    net::ip::tcp::socket taken(executor_);
    boost::system::error_code failed;
    taken.assign(protocol_of(fd), fd, failed);
    if (failed) return;
    (void)socket.release();
    taken.set_option(net::ip::tcp::no_delay(true), failed);
    taken.set_option(net::socket_base::send_buffer_size(options_.send_buffer), failed);
    auto peer = std::make_shared<Peer>(*this, std::move(taken), std::move(stream));
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

void Loop::post_flush() {
    if (std::exchange(flush_posted_, true)) return;
    net::post(executor_, [this] { flush(); });
}

void Loop::mark_dirty(Peer& peer) {
    if (std::exchange(peer.dirty_, true)) return;
    dirty_.push_back(&peer);
    post_flush();
}

void Loop::mark_spoken(Audience& audience) {
    spoken_.push_back(&audience);
    post_flush();
}

void Loop::remove(const std::shared_ptr<Peer>& peer) {
    if (peer->dirty_) {
        std::ranges::replace(dirty_, peer.get(), nullptr);
        std::ranges::replace(flushing_, peer.get(), nullptr);
    }
    peers_.erase(peer);
}

void Loop::forget(Audience& audience) {
    std::ranges::replace(spoken_, &audience, nullptr);
    std::ranges::replace(flushing_audiences_, &audience, nullptr);
}

void Loop::flush() {
    flush_posted_ = false;
    // A flush can end a peer, whose listener may send to others: those wait for the next turn.
    // Audiences go first: who cannot take it all at once has a queue then.
    flushing_audiences_.swap(spoken_);
    for (std::size_t i = 0; i < flushing_audiences_.size(); ++i) {
        if (Audience* const audience = flushing_audiences_[i]) audience->flush();
    }
    flushing_audiences_.clear();
    flushing_.swap(dirty_);
    for (std::size_t i = 0; i < flushing_.size(); ++i) {
        Peer* const peer = flushing_[i];
        if (peer == nullptr) continue;
        peer->dirty_ = false;
        peer->flush();
    }
    flushing_.clear();
    batch_.forget();
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
