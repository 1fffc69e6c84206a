#pragma once
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "adapters/memory_stores/memory_chat_spool.h"
#include "harness/room_twins.h"
#include "harness/sim_world.h"
#include "ports/account_store.h"
#include "ports/chat_store.h"
#include "ports/playback_store.h"
#include "ports/queue_store.h"
#include "ports/room_store.h"

namespace syncwatch::sim {

/// The database is away, for one site or for all.
struct Outage {
    bool away = false;
    /// It takes what it is asked, and says nothing for so long; zero: it refuses at once.
    SimWorld::Duration silent{0};
    /// What it was asked meanwhile and does when it goes on, though nobody waits for it any more.
    std::vector<std::function<void()>> late = {};

    void end() {
        away = false;
        for (const auto& each : std::exchange(late, {})) each();
    }
};

/// What a server's dependencies do to it: refuse, take their time, or do the work and lose the
/// reply. Drawn from the world's seed. A server that was killed reaches nothing any more.
struct Faults {
    SimWorld& world;
    unsigned refused_percent = 0;
    unsigned lost_percent = 0;
    SimWorld::Duration most_delay{0};
    bool alive = true;
    Outage* outage = nullptr;  ///< nullptr: it is never away.

    bool is_away() const { return outage != nullptr && outage->away; }
    void end() { refused_percent = lost_percent = 0; }

    Async<> before() {
        if (most_delay > SimWorld::Duration(0)) {
            const auto delay = world.span_between(SimWorld::Duration(0), most_delay);
            co_await world.sleep_until(world.now() + delay);
        }
        const bool away = is_away();
        if (away) co_await world.sleep_until(world.now() + outage->silent);
        if (!alive) co_return fail(ErrorCode::Cancelled, "the process is gone");
        if (away) co_return fail_unavailable("database", "injected: away", std::chrono::seconds(1));
        if (world.chance(refused_percent)) {
            co_return fail(ErrorCode::Unavailable, "injected: refused");
        }
        co_return Result<>();
    }
    Result<> after() {
        if (!alive) return fail(ErrorCode::Cancelled, "the process is gone");
        if (world.chance(lost_percent)) {
            return fail(ErrorCode::Timeout, "injected: the reply was lost");
        }
        return {};
    }
};

/// The work, disturbed. It begins when it is awaited: what is refused was never done.
template <class Value>
net::awaitable<Result<Value>> through(Faults& faults, net::awaitable<Result<Value>> work) {
    SW_CO_CHECK(co_await faults.before());
    auto done = co_await std::move(work);
    SW_CO_CHECK(faults.after());
    co_return done;
}

class FlakyChatStore final : public ChatStore {
public:
    FlakyChatStore(Faults& faults, ChatStore& inner) : faults_(faults), inner_(inner) {}

    Async<KeptChat> append(RoomCode room, std::vector<ChatDraft> drafts) override {
        const bool heard = faults_.is_away() && faults_.outage->silent.count() > 0;
        if (heard && faults_.world.chance(50)) {
            faults_.outage->late.emplace_back([this, room, drafts] {
                net::co_spawn(faults_.world.executor(), inner_.append(room, drafts), net::detached);
            });
        }
        return through(faults_, inner_.append(room, std::move(drafts)));
    }
    Async<ChatPage> before(RoomCode room, std::optional<MessageId> before, int limit) override {
        return through(faults_, inner_.before(room, before, limit));
    }
    Async<ChatPage> after(RoomCode room, MessageId after, int limit) override {
        return through(faults_, inner_.after(room, after, limit));
    }

private:
    Faults& faults_;
    ChatStore& inner_;
};

/// The spool as one life of a server has it.
class FlakyChatSpool final : public ChatSpool {
public:
    FlakyChatSpool(Faults& faults, ChatSpool& inner) : faults_(faults), inner_(inner) {}

    Async<> append(RoomCode room, std::vector<ChatDraft> drafts) override {
        return through(faults_, inner_.append(room, std::move(drafts)));
    }
    std::vector<ChatDraft> waiting(const RoomCode& room) const override {
        return inner_.waiting(room);
    }
    std::vector<RoomCode> rooms() const override { return inner_.rooms(); }
    void done(const RoomCode& room, const std::vector<MessageId>& ids) override {
        // Now and then the process dies before the file is gone.
        if (faults_.alive && !faults_.world.chance(2)) inner_.done(room, ids);
    }
    Level level() const override { return inner_.level(); }

private:
    Faults& faults_;
    ChatSpool& inner_;
};

class FlakyQueueStore final : public QueueStore {
public:
    FlakyQueueStore(Faults& faults, QueueStore& inner) : faults_(faults), inner_(inner) {}

    Async<StoredQueue> load(RoomCode room) override { return through(faults_, inner_.load(room)); }
    Async<std::int64_t> save(RoomCode room, std::int64_t expected, Queue queue) override {
        return through(faults_, inner_.save(room, expected, std::move(queue)));
    }
    Async<std::int64_t> vote(RoomCode room, ItemId item, UserId voter) override {
        return through(faults_, inner_.vote(room, item, voter));
    }

private:
    Faults& faults_;
    QueueStore& inner_;
};

class FlakyPlaybackStore final : public PlaybackStore {
public:
    FlakyPlaybackStore(Faults& faults, PlaybackStore& inner) : faults_(faults), inner_(inner) {}

    Async<std::optional<SavedPlayback>> load(RoomCode room) override {
        return through(faults_, inner_.load(room));
    }
    Async<> save(std::vector<SavedPlayback> states) override {
        return through(faults_, inner_.save(std::move(states)));
    }

private:
    Faults& faults_;
    PlaybackStore& inner_;
};

class FlakyFilms final : public RoomFilms {
public:
    FlakyFilms(Faults& faults, RoomFilms& inner) : faults_(faults), inner_(inner) {}

    Async<std::vector<RoomFilm>> find(std::vector<VideoId> videos) override {
        return through(faults_, inner_.find(std::move(videos)));
    }
    Async<> check_may_queue(Principal who, VideoId video) override {
        return through(faults_, inner_.check_may_queue(std::move(who), video));
    }

private:
    Faults& faults_;
    RoomFilms& inner_;
};

class FlakyRoomStore final : public RoomStore {
public:
    FlakyRoomStore(Faults& faults, RoomStore& inner) : faults_(faults), inner_(inner) {}

    Async<> add(Room room) override { return through(faults_, inner_.add(std::move(room))); }
    Async<ListedRoom> find(RoomCode code) override { return through(faults_, inner_.find(code)); }
    Async<std::vector<ListedRoom>> rooms_of(UserId user, int limit) override {
        return through(faults_, inner_.rooms_of(user, limit));
    }
    Async<std::vector<ListedRoom>> public_rooms(int limit) override {
        return through(faults_, inner_.public_rooms(limit));
    }
    Async<std::vector<ListedRoom>> all_rooms(int limit) override {
        return through(faults_, inner_.all_rooms(limit));
    }
    Async<std::vector<RoomCode>> owned_by(UserId user) override {
        return through(faults_, inner_.owned_by(user));
    }
    Async<Room> change(RoomCode code, RoomChanges changes) override {
        return through(faults_, inner_.change(code, std::move(changes)));
    }
    Async<> remove(RoomCode code) override { return through(faults_, inner_.remove(code)); }
    Async<Role> role(RoomCode code, UserId user) override {
        return through(faults_, inner_.role(code, user));
    }
    Async<> set_role(RoomCode code, UserId user, Role role, WallTime now) override {
        return through(faults_, inner_.set_role(code, user, role, now));
    }
    Async<Role> remember(RoomCode code, UserId user, WallTime now) override {
        return through(faults_, inner_.remember(code, user, now));
    }
    Async<std::vector<RoomMembership>> staff(RoomCode code) override {
        return through(faults_, inner_.staff(code));
    }
    Async<> add_ban(Ban ban) override { return through(faults_, inner_.add_ban(std::move(ban))); }
    Async<std::vector<Ban>> bans(RoomCode code, WallTime now) override {
        return through(faults_, inner_.bans(code, now));
    }
    Async<std::optional<Ban>> ban_on(RoomCode code, UserId user, std::string address,
                                     WallTime now) override {
        return through(faults_, inner_.ban_on(code, user, std::move(address), now));
    }
    Async<Ban> lift_ban(RoomCode code, BanId id) override {
        return through(faults_, inner_.lift_ban(code, id));
    }

private:
    Faults& faults_;
    RoomStore& inner_;
};

}  // namespace syncwatch::sim
