#pragma once
#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "gateway/rooms/room_session.h"
#include "sim/sim_server.h"

namespace syncwatch::sim {

/// What a way through the network does to what is sent over it.
struct LineTraits {
    SimWorld::Duration delay{20'000};  ///< One way.
    SimWorld::Duration jitter{0};
};

/// One direction of a connection: late, by a varying time, but in order.
class Way {
public:
    Way(SimWorld& world, LineTraits traits) : world_(world), traits_(traits) {}

    void carry(std::function<void()> deliver) {
        const auto late = world_.span_between(SimWorld::Duration(0), traits_.jitter);
        last_ = std::max(last_, world_.now() + traits_.delay + late);
        world_.at(last_, std::move(deliver));
    }

private:
    SimWorld& world_;
    const LineTraits traits_;
    Instant last_{};
};

/// Hears what arrives at the client's end of a link.
class LinkListener {
public:
    virtual ~LinkListener() = default;
    virtual void link_heard(std::uint64_t link, const std::string& text) = 0;
    virtual void link_closed(std::uint64_t link, int code) = 0;
};

/// Watches, on the server's side, that the rules are kept.
class Watcher {
public:
    virtual ~Watcher() = default;
    /// A frame is about to be read, and has been read; what was answered meanwhile went through
    /// said().
    virtual void reading(std::uint64_t link, const std::string& text) = 0;
    virtual void read(std::uint64_t link) = 0;
    virtual void said(std::uint64_t link, std::string_view text) = 0;
};

/// A connection between a client and one life of the server.
class SimLink : public std::enable_shared_from_this<SimLink> {
public:
    SimLink(SimWorld& world, std::uint64_t number, LineTraits traits, LinkListener& client,
            Watcher& watcher)
        : world_(world),
          number_(number),
          up_(world, traits),
          down_(world, traits),
          client_(client),
          watcher_(watcher) {}

    std::uint64_t number() const { return number_; }

    /// The server took the upgrade.
    void open(SimServer& server, JoinGrant grant) {
        server_ = &server;
        session_ = std::make_unique<Session>(*this, std::move(grant), server.rooms, server.shard(),
                                             server.gateway);
        server.shard().open(*session_);
    }
    void send(std::string text) {
        if (cut_) return;
        up_.carry([self = shared_from_this(), text = std::move(text)] {
            if (self->cut_ || self->closing_ || !self->session_) return;
            self->watcher_.reading(self->number_, text);
            self->session_->on_text(text);
            self->watcher_.read(self->number_);
        });
    }
    /// The network is gone: nothing passes any more. The client knows; the server after a while.
    void cut(SimWorld::Duration server_notices_after) {
        if (std::exchange(cut_, true)) return;
        world_.after(server_notices_after,
                     [self = shared_from_this()] { self->end_server_side(); });
    }
    /// The server is dead: nothing more comes of it. All links are muted before the first dies.
    void mute() { cut_ = true; }
    void die() { end_server_side(); }
    bool is_to(const SimServer& server) const { return server_ == &server; }
    bool is_server_side_open() const { return session_ != nullptr; }

private:
    class Session final : public room_gateway::RoomSession {
    public:
        Session(SimLink& link, JoinGrant allowed, LiveRooms& rooms, RoomShard& shard,
                room_gateway::Metrics& metrics)
            : RoomSession(std::move(allowed), rooms, shard, metrics), link_(link) {}

        void transmit(const websocket::SharedFrame& frame, websocket::Delivery) override {
            std::string_view bytes = frame->bytes();
            const std::size_t length = static_cast<unsigned char>(bytes[1]);
            bytes.remove_prefix(length == 127 ? 10 : length == 126 ? 4 : 2);
            link_.said(std::string(bytes));
        }
        void hang_up(room_protocol::CloseCode code) override {
            link_.hang_up(static_cast<int>(code));
        }

    private:
        SimLink& link_;
    };

    void said(std::string text) {
        if (closing_ || cut_) return;
        watcher_.said(number_, text);
        down_.carry([self = shared_from_this(), text = std::move(text)] {
            if (!self->cut_) self->client_.link_heard(self->number_, text);
        });
    }
    void hang_up(int code) {
        if (std::exchange(closing_, true)) return;
        down_.carry([self = shared_from_this(), code] {
            if (!self->cut_) self->client_.link_closed(self->number_, code);
            self->cut_ = true;
            self->end_server_side();
        });
    }
    void end_server_side() {
        if (!session_) return;
        session_->on_closed();
        session_.reset();
    }

    SimWorld& world_;
    const std::uint64_t number_;
    Way up_;
    Way down_;
    LinkListener& client_;
    Watcher& watcher_;
    SimServer* server_ = nullptr;
    std::unique_ptr<Session> session_;
    bool cut_ = false;
    bool closing_ = false;
};

}  // namespace syncwatch::sim
