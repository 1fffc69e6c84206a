#pragma once
#include <atomic>
#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "domain/account/account.h"
#include "ports/account_store.h"
#include "ports/audit_log.h"
#include "ports/bus.h"
#include "ports/clock.h"
#include "ports/password_hasher.h"
#include "ports/random.h"
#include "ports/room_store.h"
#include "ports/sealer.h"
#include "ports/sign_out_spool.h"
#include "services/accounts/session_cache.h"
#include "services/accounts/sign_in_guard.h"
#include "services/accounts/stand_in.h"

namespace syncwatch {

/// Who may make an account once there is one.
enum class SignUp : std::uint8_t { Open, Invitation, Closed };
std::string_view text(SignUp value);
std::optional<SignUp> parse_sign_up(std::string_view word);

/// Accounts, guests and their sessions. Safe from any thread; every call also fails with
/// Unavailable. `address` is the client's IP address.
class AccountService {
public:
    struct Options {
        SignUp sign_up = SignUp::Open;
        /// The first account needs the setup token; set it where strangers could come first.
        bool setup_token_required = false;
        std::chrono::seconds session_lifetime =
            std::chrono::hours(30 * 24);  ///< From its last use.
        std::chrono::seconds invitation_lifetime = std::chrono::hours(7 * 24);
        /// How long a session is believed without asking the database again. A change made by
        /// another process that is not on the bus (the command line) counts after this.
        std::chrono::seconds session_cache_time{15};
        /// How long it is believed while the database does not answer.
        std::chrono::seconds session_trust{3600};
        std::size_t session_cache_size = 20'000;
        std::chrono::hours audit_lifetime{365 * 24};
        SignInGuard::Options guard{};
    };
    struct Powers {
        AccountStore& accounts;
        RoomStore& rooms;
        PasswordHasher& hasher;
        AuditLog& audit;
        Bus& bus;
        Clock& clock;
        Random& random;
        /// Closes the tokens of guests who come while the database is away; nullptr: none may.
        Sealer* sealer = nullptr;
        /// Where sign-outs wait while the database is away; nullptr: they are refused then.
        SignOutSpool* sign_outs = nullptr;
    };
    struct NewAccount {
        std::string username;
        std::string password;
        std::string display_name;  ///< Empty: the user name.
        std::string setup_token;
        std::string invitation;
        /// Asked for by another name than this machine's own, or through a proxy: the first account
        /// needs the setup token then, wherever the server listens.
        bool from_elsewhere = false;
    };
    struct SignedIn {
        Account account;
        std::string token;  ///< 43 characters; never stored, never logged.
    };
    struct ProfileChange {
        std::optional<std::string> display_name;
        std::optional<std::string> password;
        std::optional<std::string> current_password;
    };
    struct Invited {
        std::string token;
        WallTime expires_at{};
    };
    struct SetupState {
        bool needs_first_account = false;
        bool needs_setup_token = false;
        SignUp sign_up = SignUp::Open;
    };

    /// Hears on `executor` of sessions that end elsewhere; destroy the service on it.
    AccountService(Powers powers, Options options, net::any_io_executor executor);
    ~AccountService();
    /// Guesses of passwords count at all nodes together from now on. Once, before it is used;
    /// `sharing` outlives it.
    void share_limits(LimitSharing& sharing) { guard_.share(sharing, powers_.clock); }
    AccountService(const AccountService&) = delete;
    AccountService& operator=(const AccountService&) = delete;

    /// The first account is an admin's. Errors: InvalidInput (fields), Conflict ("username_taken"),
    /// Forbidden ("setup_token_required", "signup_closed", "invitation_required").
    Async<SignedIn> register_account(NewAccount wanted, std::string address);
    /// Errors: Unauthenticated ("wrong_credentials"), Exhausted ("locked_out").
    Async<SignedIn> login(std::string username, std::string password, std::string address);
    /// Also while the database is away: what there is of the guest is in the token then.
    /// Errors: InvalidInput (display_name).
    Async<SignedIn> guest(std::string display_name);
    /// The session is dead at once, on every node; also while the database is away.
    Async<> logout(Principal who, std::string address);
    /// Also while the database is away, for those who were seen here within the last hour.
    /// Errors: Unauthenticated.
    Async<Principal> principal_of(std::string token);

    Async<Account> account(UserId id);
    /// The same of whoever asks; while the database is away, what is known of them here.
    Async<Account> own_account(Principal who);
    /// A new password ends the other sessions. Errors: InvalidInput, Forbidden ("wrong_password"),
    /// Exhausted ("locked_out").
    Async<Account> change(Principal who, ProfileChange change, std::string address);
    /// Removes the account with its sessions, rooms, roles and bans; its videos follow
    /// (topics::kAccountDeleted).
    Async<> remove(Principal who, std::string address);
    /// Errors: Forbidden (no admin).
    Async<Invited> invite(Principal who);

    Async<SetupState> setup_state();
    /// At start: a new setup token if the first account needs one; the one before is void.
    Async<std::optional<std::string>> setup_token_if_needed();
    /// To be called about once an hour: removes what expired.
    Async<> tidy();
    /// To be called every few seconds: guests who came while the database was away become accounts
    /// once it is back.
    net::awaitable<void> write_stand_ins();
    /// The same: sessions that were signed out meanwhile end.
    net::awaitable<void> end_signed_out();

private:
    Async<> admit(Account account, NewAccount wanted);
    Async<bool> has_accounts();
    Async<SignedIn> add_guest(Account account);
    Async<SignedIn> sign_in(Account account);
    Async<Principal> principal_behind(Sha256Sum token_hash);
    Async<Principal> look_up(Sha256Sum token_hash);
    Async<> check_current_password(Account account, std::string password, std::string address);
    net::awaitable<void> audit(AuditEntry entry);
    void announce_ended(const std::vector<SessionId>& sessions);
    std::string make_token();

    // database_away.cpp
    bool is_away(const Error& error);
    bool was_just_away() const;
    SignedIn stand_in(std::string display_name);
    static Account account_of(const StandIn& guest);
    void remember(const StandIn& guest, const Sha256Sum& token_hash);
    void note_ended(SessionId session);
    bool has_ended(SessionId session) const;
    Async<> end_session(SessionId session);
    Async<Principal> principal_of_stand_in(std::string token);
    Async<> write(StandIn guest, Sha256Sum token_hash);

    const Powers powers_;
    const Options options_;
    SessionCache cache_;
    SignInGuard guard_;
    std::atomic<bool> has_accounts_{false};
    std::atomic<std::int64_t> away_until_{0};  ///< An Instant.
    mutable std::mutex mutex_;                 // Guards the three below.
    std::map<Sha256Sum, StandIn> stand_ins_;   ///< To be written, by the hash of their tokens.
    std::set<SessionId> ended_;                ///< The last ones that did.
    std::deque<SessionId> ended_by_age_;
    std::vector<std::unique_ptr<Bus::Subscription>> subscriptions_;
};

}  // namespace syncwatch
