#pragma once
#include <optional>
#include <string>

#include "domain/playback/holds.h"
#include "domain/playback/playback.h"
#include "ports/playback_store.h"

namespace syncwatch {

/// The film of a room: its register, the waits for members and for film that is still being made,
/// and its end. Knows no members' lines and no stores; whoever owns it tells everybody when it
/// changed, and saves it. One thread.
class Screening {
public:
    /// What a change of the register means for saving it.
    enum class Urgency : std::uint8_t {
        Soon,  ///< Within a second.
        Now,   ///< What somebody did.
    };
    /// Hears of every new state, stamped and in force.
    class Listener {
    public:
        virtual ~Listener() = default;
        virtual void screening_changed(Urgency urgency) = 0;
        /// The room began, or stopped, to wait for members; `timed_out`: the time was over.
        virtual void waiting_changed(bool waits, bool timed_out) = 0;
    };
    struct Moment {
        WallTime now{};
        Lead lead;
    };

    Screening(Listener& listener, std::string node, Holds::Options holds);

    /// Nothing was ever on.
    void begin();
    /// Goes on from what was kept; set_film() comes before. A room that was alone for longer than
    /// `patience` stands where it was last known to be; a shorter absence nobody noticed. What was
    /// kept is in force, but not said anew before settle(): another node may know better.
    void restore(const SavedPlayback& saved, Moment moment, std::chrono::microseconds patience);
    /// What restore() left open. `alone`: no other node has the room.
    void settle(bool alone, Moment moment);

    /// Whether this node commands what the room does by itself: holds and goes on. Of the nodes
    /// that share a room one does; each follows what is said, so that any may take over.
    void set_issuing(bool issuing, Moment moment);
    bool is_issuing() const { return issuing_; }
    /// A state as nodes tell it one another.
    struct Told {
        SavedPlayback state;
        Stamp over;  ///< Of the state that it was made from.
        std::optional<Holds::Active> hold;
    };
    Told told(const RoomCode& room, WallTime now) const;
    /// Another node's state. True if it is newer than ours: it is in force. What somebody commanded
    /// here is not undone by what another node did for the room without knowing of it: it is
    /// commanded anew. Errors: Conflict (its clock is ahead).
    Result<bool> merge(const Told& theirs, Moment moment);

    const Playback& playback() const { return playback_; }
    /// For whom it waits, as the node that issues commands says.
    const Holds::Active* hold() const;
    /// It stands because the room waits, for members or for film: it goes on by itself.
    bool is_held() const { return held_; }
    Holds& holds() { return holds_; }
    /// What there is of the film that is on.
    void set_film(const FilmExtent& film) { film_ = film; }
    const FilmExtent& film() const { return film_; }
    double position_at(WallTime now) const;

    /// `by` nullopt: the room itself. Errors: as apply().
    Result<> command(const PlaybackCommand& command, std::optional<UserId> by, Moment moment);
    /// Another film (the first, the next, the one that was chosen). `force_pause`: it stands,
    /// whatever the room did before.
    enum class Start : std::uint8_t { AsBefore, Standing };
    void put_on(const PutOn& choice, Start start, std::optional<UserId> by, Moment moment);
    /// The next film, begun by the room itself where the last one ended.
    void follow(const PutOn& choice, Moment moment);
    void take_off(std::optional<UserId> by, Moment moment);
    /// When the film is over; nullopt: it does not run out by itself.
    std::optional<WallTime> end() const { return end_of(playback_, film_); }
    void stop_at_end(WallTime end, Moment moment);
    /// Nobody looks any more: it stands where it was at `last`.
    void stand_where_it_was(WallTime last, Moment moment);
    bool wants_to_run() const { return playback_.is_on() && (!playback_.paused || held_); }

    /// Someone's player told how it is.
    void heard(UserId member, const MemberReport& report, Moment moment);
    /// Acts on time that passed: deadlines, film that is used up or was made meanwhile.
    void tick(Moment moment);
    /// Whatever the waits ask for: holds or goes on, if this node commands it.
    void reconcile(Moment moment);

    SavedPlayback saved(const RoomCode& room, WallTime now) const;

private:
    void publish(Playback next, std::optional<UserId> by, WallTime now, Urgency urgency);
    void follow_waits(std::optional<UserId> by, Moment moment);
    void set_held(bool held, std::optional<UserId> by, Moment moment);
    void re_anchor(WallTime last, Moment moment);
    bool is_film_unknown() const;
    FilmExtent extent() const;
    bool is_starved(WallTime now) const;
    void note_waiting(bool timed_out);

    Listener& listener_;
    const std::string node_;
    Playback playback_;
    FilmExtent film_;
    Holds holds_;
    WallTime least_stamp_{};          ///< Greater than any state of an earlier life can have.
    std::optional<Stamp> unsettled_;  ///< Of what was restored, until settle().
    bool issuing_ = true;
    std::optional<Holds::Active> told_hold_;  ///< As another node said it.
    Stamp over_;                              ///< Of the state that the present one was made from.
    bool held_ = false;
    bool starved_ = false;  ///< The film ran up to what there is of it.
    bool waiting_ = false;  ///< As the listener knows it.
};

}  // namespace syncwatch
