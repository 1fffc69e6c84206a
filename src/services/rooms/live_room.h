#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "services/rooms/members_news.h"
#include "services/rooms/peer_speaker.h"
#include "services/rooms/room_chat.h"
#include "services/rooms/room_control.h"
#include "services/rooms/room_host.h"
#include "services/rooms/room_notices.h"
#include "services/rooms/room_peers.h"
#include "services/rooms/room_powers.h"
#include "services/rooms/room_queue.h"
#include "services/rooms/room_speaker.h"
#include "services/rooms/roster.h"
#include "services/rooms/screening.h"

namespace syncwatch {

/// One room while somebody is in it: who is there, what is on, what is said. Lives on one shard;
/// every call from there. A request with an id is answered exactly once, by ack or refusal.
/// Other nodes may have the same room, each for the people it serves: they exchange PeerNews, and
/// each can go on without the others.
class LiveRoom final : public std::enable_shared_from_this<LiveRoom>,
                       private Screening::Listener,
                       private RoomChat::Listener,
                       private RoomQueue::Listener {
public:
    LiveRoom(ListedRoom listed, RoomPowers& powers, const RoomRules& rules, RoomSpeaker& speaker,
             RoomHost& host);
    ~LiveRoom() override;

    /// Reads everything there is of it; or takes it from a copy, and reads it when the stores
    /// answer. Before anything else. Errors: Unavailable, NotFound.
    Async<> load(std::optional<RoomCopy> copy = std::nullopt);
    /// As another node may begin with it; nullopt: too little is known of it.
    std::optional<RoomCopy> copy();
    bool is_sure() const { return !look_again_; }  ///< It is what the stores say.
    std::shared_ptr<void> stay();  ///< While what it gives lives, the room does not go.
    const RoomCode& code() const { return room_.code; }

    /// What somebody who comes should read, gathered before enter(). `last`: what they saw last.
    Async<std::vector<ChatMessage>> messages_for(std::optional<MessageId> last);
    /// Lets a line in and welcomes it. `resume`: it goes on where another one dropped.
    void enter(RoomLine& line, bool resume, std::vector<ChatMessage> messages);
    /// The socket is gone. The member stays for the grace, or not: who is `leaving` said so.
    void drop(RoomLine& line, bool leaving);

    void control(RoomLine& line, const std::string& id, const RoomControl& control);
    /// `drift_ms` is taken only if `knows_drift`.
    void report(RoomLine& line, const MemberReport& report, bool knows_drift);
    void chat(RoomLine& line, const std::string& id, std::string text,
              std::optional<MessageId> reply_to);
    /// Errors: Exhausted, InvalidInput ("emoji").
    Result<> react(RoomLine& line, std::string emoji, std::optional<double> position);
    /// `change.by`, `request` and `may_be_done` are filled in here.
    void change_queue(RoomLine& line, const std::string& id, RoomQueue::Change change);
    void give_role(RoomLine& line, const std::string& id, UserId member, Role role);
    void kick(RoomLine& line, const std::string& id, UserId member);
    void set_voice(RoomLine& line, const VoiceState& state);
    /// Errors: NotFound (nobody of that name is here).
    Result<> signal(RoomLine& line, UserId to, const std::string& data);
    /// There is a place for them: they are here already, own the room, or it is not full.
    bool has_place_for(UserId user);

    /// By somebody who need not be here. Errors: Forbidden, Exhausted, NotFound, Unavailable.
    void shelve(Principal by, VideoId video, std::function<void(const Result<>&)> settled);
    void noticed(const RoomNotice& notice);
    void heard_peer(std::string_view payload);  ///< A PeerNews off the bus, ours included.
    /// What other nodes said, or we, may have been lost: all of it is exchanged.
    void bus_is_back();
    void session_ended(SessionId session);
    void account_changed(UserId user);
    void account_deleted(UserId user);
    void video_changed(VideoId video);
    void tell_notice(const std::string& code, bool active);

    void tick(Instant now);      ///< A few times a second.
    void close_all(Ending why);  ///< Nobody stays.
    std::span<RoomLine* const> lines() const { return roster_.lines(); }
    /// One line is sent away because this node ends; it may come back after `retry`.
    void say_goodbye(RoomLine& line, std::chrono::milliseconds retry);
    /// Nothing would be lost if it went: nobody is inside for a while, and nothing is under way.
    bool may_go(Instant now) const;
    bool is_gone() const { return gone_; }
    bool is_busy() const { return tasks_ > 0; }
    /// The film runs, or wants to, and this node answers for it: its place is saved each second.
    bool is_playing() const;
    SavedPlayback saved() const;

private:
    void leave(Present& member, Instant now);
    void gone(Present& member, Instant now);
    void hear_away(Present& member);
    void send_away(Present& member, Ending why);
    void end_line(RoomLine& line, Ending why);
    void look_for_host();
    void remember_presence(const Present& member, const std::string& address);
    Screening::Moment moment() const;
    void look_at_lead();
    void spawn(std::string name, net::awaitable<void> task);
    Role standing(const RoomLine& line) const;
    /// True if the request is new and within the member's allowance: do it, then settle() it.
    bool begin(RoomLine& line, const std::string& id, Allowance& allowance, const Rate& rate,
               bool* may_be_done = nullptr);
    bool begin(RoomLine& line, const std::string& id, bool* may_be_done = nullptr);
    void settle(UserId member, const std::string& id, const Answers::Answer& answer);
    void settle(UserId member, const std::string& id, const Result<>& outcome);
    RoomLine* line_of(UserId member, std::uint64_t serial);

    // live_room_film.cpp
    Result<> do_control(RoomLine& line, const RoomControl& control);
    PutOn choice_of(const QueueItem& item) const;
    Result<> go_to(ItemId item, std::optional<UserId> by);
    void put_in_order(ItemId current, ItemId next);
    void fit_film_to_queue(const Queue& before);
    void screening_changed(Screening::Urgency urgency) override;
    void waiting_changed(bool waits, bool timed_out) override;
    void tell_playback();
    void on_end(WallTime end);

    // live_room_talk.cpp
    void chat_settled(const ChatDraft& draft, const Result<MessageId>& outcome) override;
    void chat_told(const ChatMessage& message) override;
    void chat_kept(const KeptChat& kept) override;
    void chat_spooled(const std::vector<ChatDraft>& drafts) override;
    void queue_settled(const RoomQueue::Change& change, const Result<>& outcome) override;
    void queue_changed(const Queue& before, bool ours) override;
    void films_changed() override;
    void store_worked(bool works) override;
    Result<> check_queue_change(const RoomLine& line, const RoomQueue::Change& change) const;
    void work_on_chat();
    void work_on_queue();
    void work_on_films();

    // live_room_people.cpp
    net::awaitable<void> store_role(UserId by, std::string id, UserId member, Role role);
    net::awaitable<void> read_settings();
    net::awaitable<void> read_bans();
    net::awaitable<void> read_account(UserId user);
    void tell_voice(Present& member, Instant now);
    void kicked(UserId user);

    // live_room_copy.cpp
    void begin_with(RoomCopy copy);
    bool is_deserted(Instant now) const;
    void look_at_stores(Instant now);
    net::awaitable<void> read_anew();
    net::awaitable<void> read_film();

    // live_room_peers.cpp
    void take_people(const std::string& life, const PeerPeople& people);
    void take_member(const std::string& life, const PeerMember& member);
    void take_away(const std::string& life, UserId user);
    void take_film(const PeerFilm& film);
    void take_summary(const PeerSummary& summary, const std::string& life);
    void tick_peers(Instant now);
    void settle_in(Instant now);
    void find_issuer();

    Room room_;
    const std::string owner_name_;
    RoomPowers& powers_;
    const RoomRules& rules_;
    RoomSpeaker& speaker_;
    const std::unique_ptr<RoomAudience> audience_;
    RoomHost& host_;
    Roster roster_;
    MembersNews news_;
    Screening screening_;
    RoomChat chat_;
    RoomQueue queue_;
    Lead lead_;
    Instant sure_at_{};                      ///< When they were last read.
    std::optional<Instant> look_again_;      ///< When the stores are to be asked what counts.
    std::optional<Instant> look_for_film_;   ///< When whether they know a newer state of the film.
    std::optional<Instant> empty_since_;     ///< Nobody is there, on no node.
    std::optional<Instant> deserted_since_;  ///< Nobody is here.
    std::size_t here_ = 0;                   ///< People on this node.
    WallTime left_at_{};                     ///< Room time when the last one left.
    std::size_t tasks_ = 0;                  ///< Under way beside the room.
    bool chat_works_ = false;                ///< A task works on it; so for the two below.
    bool queue_works_ = false;
    bool films_work_ = false;
    bool chat_spools_ = false;  ///< The same.
    bool playback_untold_ = false;
    RoomPeers peers_;
    PeerSpeaker peer_speaker_;
    bool settled_ = false;  ///< Whatever other nodes have would have been heard.
    bool vouched_ = false;  ///< Another node answers for what is on.
    bool film_unsaid_ = false;
    Instant loaded_{};
    std::int64_t film_queue_ = 0;  ///< The version of the queue that what is on is out of.
    bool degraded_ = false;        ///< The database does not take what should be kept.
    bool gone_ = false;            ///< Deleted.
};

}  // namespace syncwatch
