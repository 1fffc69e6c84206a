#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "ports/account_store.h"
#include "ports/audit_log.h"
#include "ports/bus.h"
#include "ports/clock.h"
#include "ports/password_hasher.h"
#include "ports/random.h"
#include "ports/room_store.h"
#include "services/limits/guess_limit.h"
#include "services/rooms/known_rooms.h"
#include "services/rooms/presence.h"
#include "services/rooms/room_passwords.h"
#include "services/rooms/tickets.h"

namespace syncwatch {

/// A room as somebody may see it from outside.
struct RoomView {
    Room room;
    std::string owner_name;
    std::size_t present = 0;
    bool mine = false;  ///< The asker owns it.
    /// Neither a password nor a ban keeps the asker out: they may know who is inside and what is
    /// on.
    bool open_to_asker = false;
    std::vector<std::string> members;  ///< Who is inside; empty unless it is open to the asker.
};

/// Which rooms there are, who may come in and who may not. What happens inside is LiveRoom's.
/// Safe from any thread; every call also fails with Unavailable, and those that name a room with
/// NotFound ("no_such_room"). `address` is the client's IP address.
class RoomDirectory {
public:
    struct Options {
        bool guests_may_create = false;
        int max_listed = 200;
        std::size_t max_owned = 500;  ///< Rooms of one user.
        Attempts::Options lockout{};  ///< By room and address.
    };
    struct Powers {
        RoomStore& rooms;
        AccountStore& accounts;
        PasswordHasher& hasher;
        AuditLog& audit;
        Bus& bus;
        const Clock& clock;
        Random& random;
        Tickets& tickets;
        const RoomPresence& presence;
        /// Rooms into which people are let while the database is away; nullptr: none.
        const KnownRooms* known = nullptr;
    };
    struct NewRoom {
        std::string name;
        std::string password;  ///< Empty: none.
        Control control = Control::Everyone;
        Visibility visibility = Visibility::Unlisted;
        Hold hold = Hold::Everyone;
        int capacity = Room::kUsualCapacity;
    };
    struct Patch {
        std::optional<std::string> name;
        std::optional<std::string> password;  ///< Empty: take it away.
        std::optional<Control> control;
        std::optional<Visibility> visibility;
        std::optional<Hold> hold;
        std::optional<int> capacity;
    };
    struct Joined {
        RoomView room;
        JoinGrant grant;
        std::string ticket;
    };
    struct NewBan {
        std::optional<UserId> user;  ///< Present or not.
        bool address_too = false;    ///< Also where they are now, if they are present.
        std::string address;         ///< An address by itself.
        std::optional<std::chrono::seconds> lasting;  ///< nullopt: for good.
    };

    RoomDirectory(Powers powers, Options options);
    /// Guesses of passwords count at all nodes together from now on. Once, before it is used;
    /// `sharing` outlives it.
    void share_limits(LimitSharing& sharing) { wrong_.share(sharing, powers_.clock); }

    /// Errors: InvalidInput (name), Forbidden (a guest), Exhausted (too many rooms).
    Async<RoomView> create(Principal who, NewRoom wanted);
    /// Rooms of the asker first, the latest first, then public ones.
    Async<std::vector<RoomView>> list(std::optional<Principal> who);
    Async<RoomView> get(std::optional<Principal> who, RoomCode code, std::string address);
    /// Owner, moderators and admins; who gets in (password, visibility) only owner and admins.
    /// Errors: Forbidden, InvalidInput (name).
    Async<RoomView> change(Principal who, RoomCode code, Patch patch);
    /// Owner and admins. Errors: Forbidden.
    Async<> remove(Principal who, RoomCode code, std::string address);
    /// Into a room that is live on any node also while the database is away.
    /// Errors: Forbidden ("banned", "wrong_password"), Exhausted ("locked_out", "room_full").
    Async<Joined> join(Principal who, RoomCode code, std::optional<std::string> password,
                       std::string address);
    /// For those who would be let in. Errors: Forbidden ("banned").
    Async<> check_not_banned(Principal who, RoomCode code, std::string address);

    /// Bans in force. Owner, moderators, admins. Errors: Forbidden.
    Async<std::vector<Ban>> bans(Principal who, RoomCode code);
    /// Takes effect at once, also on who is inside. Nobody bans their equals or themselves.
    /// Errors: Forbidden, NotFound (nobody by that id), InvalidInput (nobody is named).
    Async<Ban> ban(Principal who, RoomCode code, NewBan wanted, std::string address);
    Async<> lift_ban(Principal who, RoomCode code, BanId id, std::string address);

    /// For operators, from the command line: every room, the newest first.
    Async<std::vector<RoomView>> all();
    /// For operators. Errors: NotFound.
    Async<> remove_as_operator(RoomCode code);

private:
    /// What `who` is in the room; an admin counts as its owner.
    Async<Role> standing(Principal who, RoomCode code);
    RoomView view(ListedRoom listed, const std::optional<Principal>& who) const;
    Async<Joined> join_stored(Principal who, RoomCode code, std::optional<std::string> password,
                              std::string address);
    Async<Joined> join_known(Principal who, ListedRoom listed, std::optional<std::string> password,
                             std::string address);
    Joined let_in(Principal who, ListedRoom listed, Role role, std::string scope);
    net::awaitable<std::optional<ListedRoom>> known(Error error, RoomCode code) const;
    Async<> check_password(Room room, std::optional<std::string> password, std::string scope);
    Result<> check_seat(const Room& room, UserId user);
    Async<Ban> ban_target(RoomCode code, NewBan wanted);
    Async<> delete_room(RoomCode code, AuditEntry entry);
    net::awaitable<void> audit(AuditEntry entry);

    const Powers powers_;
    const Options options_;
    RoomPasswords passwords_;
    GuessLimit wrong_;
};

}  // namespace syncwatch
