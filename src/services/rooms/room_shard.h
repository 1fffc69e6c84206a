#pragma once
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/async/task_group.h"
#include "services/rooms/live_room.h"

namespace syncwatch {

/// The live rooms of one thread, and the lines on their way into them. Everything from that
/// thread; what tells it of other threads' doings is the bus.
class RoomShard final : private RoomHost {
public:
    /// What a client says of itself when it comes.
    struct Arrival {
        /// It dropped and comes back as this member.
        std::optional<UserId> resume;
        std::optional<MessageId> last_message;
    };

    RoomShard(net::any_io_executor executor, RoomPowers& powers, const RoomRules& rules,
              std::unique_ptr<RoomSpeaker> speaker);
    ~RoomShard() override;

    const net::any_io_executor& executor() const { return executor_; }

    /// A socket is open; its hello is awaited.
    void open(RoomLine& line);
    /// It said who it is: lets it into its room, which is read if it is not live. The line hears a
    /// welcome, or its end.
    void hello(RoomLine& line, const Arrival& arrival);
    /// The socket is gone; `leaving`: because its user left, not because it broke.
    void close(RoomLine& line, bool leaving);

    /// As LiveRooms::wake.
    void wake(const RoomCode& room);
    /// As LiveRooms::fetch.
    Async<> fetch(RoomCode room);
    /// As LiveRooms::copy.
    std::optional<RoomCopy> copy(const RoomCode& room);

    /// Puts a film on a room's queue. Errors: as LiveRoom::shelve.
    Async<> shelve(Principal by, RoomCode room, VideoId video);

    /// A part of the service works less well, or well again: all rooms hear of it.
    void notice(const std::string& code, bool active);

    /// Says goodbye to everybody, spread over `spread`, lets what is under way finish, saves, and
    /// ends. Nothing may be called afterwards.
    net::awaitable<void> drain(std::chrono::milliseconds spread);

    std::size_t rooms() const { return rooms_.size(); }

private:
    /// A room that is live, or is being read.
    struct Entry {
        explicit Entry(const net::any_io_executor& executor);

        std::shared_ptr<LiveRoom> room;  ///< Null until it is read.
        std::optional<Error> failed;
        net::steady_timer read;  ///< Cancelled when it is, or will not be.
        std::unique_ptr<Bus::Subscription> notices;
        std::deque<std::string> early;  ///< Heard while it was being read.
    };

    void run(std::string name, net::awaitable<void> task) override;
    void save(LiveRoom& room, Screening::Urgency urgency) override;
    void forget(RoomLine& line) override { lines_.erase(line.notes.serial); }
    const std::set<std::string>& notices() const override { return notices_; }

    void subscribe();
    /// Where a room that is not live is looked for first.
    enum class From : std::uint8_t {
        Stores,  ///< Then at other nodes, if the stores are away.
        Peers,   ///< And nowhere else: the stores are known to be away.
    };

    RoomLine* find(std::uint64_t serial);
    Async<std::shared_ptr<LiveRoom>> live(RoomCode code, From from = From::Stores);
    Async<std::shared_ptr<LiveRoom>> read(RoomCode code, std::shared_ptr<Entry> entry, From from);
    Async<std::shared_ptr<LiveRoom>> read_stores(RoomCode code);
    Async<std::shared_ptr<LiveRoom>> read_peers(RoomCode code);
    void heard(const RoomCode& code, const std::string& payload);
    static void hear(LiveRoom& room, const std::string& payload);
    net::awaitable<void> bring_to_life(RoomCode room);
    net::awaitable<void> admit(std::uint64_t serial, Arrival arrival);
    bool is_known_ban(const JoinGrant& grant) const;
    void let_in(RoomLine& line, LiveRoom& room, const Arrival& arrival,
                std::vector<ChatMessage> messages);

    void ensure_ticking();
    net::awaitable<void> tick_while_needed();
    void tick(Instant now);
    void start_saving();
    net::awaitable<void> save_dirty();
    net::awaitable<void> say_goodbyes(std::chrono::milliseconds spread);

    const net::any_io_executor executor_;
    RoomPowers& powers_;
    const RoomRules& rules_;
    const std::unique_ptr<RoomSpeaker> speaker_;
    TaskGroup tasks_;
    std::vector<std::unique_ptr<Bus::Subscription>> subscriptions_;
    std::map<RoomCode, std::shared_ptr<Entry>> rooms_;
    std::unordered_map<std::uint64_t, RoomLine*> lines_;
    std::deque<std::pair<Instant, std::uint64_t>> silent_;  ///< Lines whose hello is awaited.
    std::uint64_t last_serial_ = 0;
    std::set<std::string> notices_;  ///< In force.
    std::set<RoomCode> dirty_;       ///< Rooms whose playback is not saved as it is.
    Instant saved_at_{};
    bool saving_ = false;
    bool save_again_ = false;
    bool ticking_ = false;
    bool draining_ = false;
};

}  // namespace syncwatch
