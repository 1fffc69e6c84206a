#pragma once
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "services/rooms/room_powers.h"
#include "services/rooms/room_speaker.h"

namespace syncwatch {

/// The queue of one live room, and the films in it. Changes are made durable one after another
/// before anybody sees them. On the room's shard.
class RoomQueue {
public:
    struct Change {
        enum class Op : std::uint8_t {
            Add,
            Remove,
            Move,
            Clear,
            Vote,
            Follow,  ///< The room itself: `item` was put on after `before` was over.
            Forget,  ///< The room itself: a film is gone.
        };
        Op op = Op::Add;
        Principal by;
        std::string request;       ///< The id of the frame; empty: nobody waits for an answer.
        bool may_be_done = false;  ///< It may have been made before.
        VideoId video;
        ItemId item;
        std::optional<ItemId> before;
        /// Called when it is durable, or will not be; may be empty.
        std::function<void(const Result<>&)> settled;
    };
    class Listener {
    public:
        virtual ~Listener() = default;
        /// Before anybody is told that the queue changed.
        virtual void queue_settled(const Change& change, const Result<>& outcome) = 0;
        /// It is another one than `before`; `ours`: it was changed here, others do not know yet.
        virtual void queue_changed(const Queue& before, bool ours) = 0;
        /// What is known of the films changed.
        virtual void films_changed() = 0;
        /// The store works, or it does not.
        virtual void store_worked(bool works) = 0;
    };

    RoomQueue(RoomCode room, RoomPowers& powers, Listener& listener);

    /// Goes on from there. Before anything else.
    void begin(StoredQueue stored, std::vector<RoomFilm> films);
    /// Reads the queue again: it may be another one.
    void read_again() { heard_version(version_ + 1); }

    const Queue& queue() const { return queue_; }
    /// Of the queue as it is kept; a greater one is newer.
    std::int64_t version() const { return version_; }
    /// Another node knows this version: if it is newer, the queue is read again.
    void heard_version(std::int64_t version);
    /// nullptr: nothing is known of it.
    const RoomFilm* film(VideoId video) const;
    FilmExtent extent_of(VideoId video) const;
    /// Items in their order, with their films; those whose film is gone are left out.
    std::vector<RoomSpeaker::Shown> shown() const;
    /// What is known of all its films.
    std::vector<RoomFilm> films() const;

    /// Errors: Exhausted (too many changes wait).
    Result<> enqueue(Change change);
    bool has_work() const { return !pending_.empty() || heard_ > version_; }
    /// Works until nothing waits, or the store is away. Run one at a time.
    net::awaitable<void> work();

    /// The library hears which films players ask for next, if this is what is on.
    void expect(const Playback& on);

    /// A film may have changed: it is read again, soon.
    void look_again(VideoId video);
    bool has_films_to_read() const { return !to_read_.empty(); }
    net::awaitable<void> read_films();
    /// Reads films again whose paths will end before long.
    void renew_paths(WallTime now);

private:
    /// The queue as it should be; `again`: it may be so already.
    using Edit = std::function<Result<Queue>(const Queue& queue, bool again)>;

    net::awaitable<void> make_next();
    Async<> make(Change change);
    Async<> add(Change change);
    Async<> vote(Change change);
    Async<> edit(Edit wanted, bool again);
    Async<> reload();
    Async<> read_missing(Queue queue);
    void adopt(Queue queue, std::int64_t version);
    static Edit edit_of(const Change& change);

    const RoomCode room_;
    RoomPowers& powers_;
    Listener& listener_;
    Queue queue_;
    std::int64_t version_ = 0;
    std::int64_t heard_ = 0;  ///< The newest version that any node spoke of.
    bool stale_ = false;      ///< A save failed: what is kept may be another queue.
    std::map<VideoId, RoomFilm> films_;
    std::deque<Change> pending_;
    std::set<VideoId> to_read_;
    WallTime renewed_{};
};

}  // namespace syncwatch
