#include "services/accounts/account_service.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/log/log.h"
#include "domain/account/address_scope.h"
#include "domain/account/names.h"
#include "ports/topics.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kTokenLength = 43;  ///< 256 bits in base64url.
constexpr std::pair<SignUp, std::string_view> kSignUpWords[] = {
    {SignUp::Open, "open"}, {SignUp::Invitation, "invitation"}, {SignUp::Closed, "closed"}};

/// Everything that is wrong with the form, at once.
Result<> check_form(AccountService::NewAccount& wanted) {
    Error error;
    error.code = ErrorCode::InvalidInput;
    error.message = "registration";
    const auto keep = [&error](Result<std::string> checked, std::string& into) {
        if (checked) {
            into = *std::move(checked);
        } else {
            error.fields.push_back(checked.error().fields.at(0));
        }
    };
    if (wanted.display_name.empty()) wanted.display_name = wanted.username;
    keep(valid_username(wanted.username), wanted.username);
    keep(valid_password(wanted.password), wanted.password);
    if (wanted.display_name != wanted.username) {
        keep(valid_display_name(wanted.display_name), wanted.display_name);
    }
    if (error.fields.empty()) return {};
    return fail(std::move(error));
}

Principal principal_from(const Account& account, SessionId session) {
    Principal principal;
    principal.user = account.id;
    principal.session = session;
    principal.kind = account.kind;
    principal.admin = account.admin;
    principal.display_name = account.display_name;
    return principal;
}

}  // namespace

std::string_view text(SignUp value) {
    for (const auto& [each, word] : kSignUpWords) {
        if (each == value) return word;
    }
    return {};
}

std::optional<SignUp> parse_sign_up(std::string_view searched) {
    for (const auto& [value, word] : kSignUpWords) {
        if (word == searched) return value;
    }
    return std::nullopt;
}

AccountService::AccountService(Powers powers, Options options, net::any_io_executor executor)
    : powers_(powers),
      options_(options),
      cache_(options.session_cache_size),
      guard_(options.guard) {
    auto ended = [this](const std::string& id) {
        if (const auto session = SessionId::parse(id)) note_ended(*session);
    };
    auto changed = [this](const std::string& id) {
        if (const auto user = UserId::parse(id)) cache_.forget(*user);
    };
    auto& bus = powers_.bus;
    subscriptions_.push_back(bus.subscribe(topics::kSessionEnded, executor, std::move(ended)));
    subscriptions_.push_back(bus.subscribe(topics::kAccountChanged, executor, changed));
    subscriptions_.push_back(bus.subscribe(topics::kAccountDeleted, executor, changed));
    if (powers_.sign_outs == nullptr) return;
    for (const SessionId session : powers_.sign_outs->waiting()) note_ended(session);
}

AccountService::~AccountService() = default;

Async<AccountService::SignedIn> AccountService::register_account(NewAccount wanted,
                                                                 std::string address) {
    SW_CO_CHECK(check_form(wanted));
    Account account;
    account.id = powers_.random.make_id<UserId>(powers_.clock.wall());
    account.kind = UserKind::User;
    account.username = wanted.username;
    account.display_name = wanted.display_name;
    account.created_at = powers_.clock.wall();
    SW_CO_CHECK(co_await admit(account, wanted));
    SW_CO_TRY(account, co_await powers_.accounts.find(account.id));

    AuditEntry entry;
    entry.actor = account.id.text();
    entry.address = address;
    entry.action = "account.created";
    entry.subject = account.id.text();
    entry.detail = account.username;
    co_await audit(std::move(entry));
    co_return co_await sign_in(std::move(account));
}

// The policy is looked at before the password is hashed, and decided by the store in one step.
Async<> AccountService::admit(Account account, NewAccount wanted) {
    auto& store = powers_.accounts;
    SW_CO_TRY(const bool others, co_await has_accounts());
    const auto invitation = sha256(as_bytes(wanted.invitation));
    if (!others && (options_.setup_token_required || wanted.from_elsewhere)) {
        SW_CO_TRY(const auto expected, co_await store.setup_token());
        if (!expected || !equal_in_constant_time(*expected, sha256(as_bytes(wanted.setup_token)))) {
            co_return fail(ErrorCode::Forbidden, "wrong setup token", "setup_token_required");
        }
    }
    if (others && options_.sign_up == SignUp::Closed) {
        co_return fail(ErrorCode::Forbidden, "sign-up is closed", "signup_closed");
    }
    const bool invited = others && options_.sign_up == SignUp::Invitation;
    if (invited && wanted.invitation.empty()) {
        co_return fail(ErrorCode::Forbidden, "no invitation", "invitation_required");
    }
    SW_CO_TRY(const auto taken, co_await store.find_username(account.username));
    if (taken) co_return fail(ErrorCode::Conflict, "the user name is taken", "username_taken");

    SW_CO_TRY(account.password_hash, co_await powers_.hasher.hash(wanted.password));
    if (invited) {
        const WallTime now = powers_.clock.wall();
        co_return co_await store.add_invited(std::move(account), invitation, now);
    }
    if (others) co_return co_await store.add(std::move(account));
    account.admin = true;
    Result<> first = co_await store.add_first(account);
    if (first || first.error().code != ErrorCode::Conflict) co_return first;
    // Somebody else became the first meanwhile: the usual rules hold.
    has_accounts_ = true;
    account.admin = false;
    if (options_.sign_up == SignUp::Open) co_return co_await store.add(std::move(account));
    co_return fail(ErrorCode::Forbidden, "sign-up is not open", "signup_closed");
}

Async<bool> AccountService::has_accounts() {
    if (has_accounts_) co_return true;
    SW_CO_TRY(const bool any, co_await powers_.accounts.has_accounts());
    if (any) has_accounts_ = true;
    co_return any;
}

Async<AccountService::SignedIn> AccountService::login(std::string username, std::string password,
                                                      std::string address) {
    const std::string key = username_key(username);
    const std::string scope = address_scope(address);
    SW_CO_CHECK(guard_.check(key, scope, powers_.clock.now()));
    SW_CO_TRY(auto account, co_await powers_.accounts.find_username(username));
    // Without an account the work is the same, so that the time tells nothing.
    std::string hash = account ? account->password_hash : std::string();
    SW_CO_TRY(const bool right,
              co_await powers_.hasher.verify(std::move(password), std::move(hash)));
    SW_CO_CHECK(guard_.settle(key, scope, right, powers_.clock.now()));

    AuditEntry entry;
    entry.address = address;
    // What was typed may be a password in the wrong field: only the names of accounts are kept.
    if (account) entry.subject = account->id.text();
    if (!right || !account) {
        entry.action = "session.refused";
        co_await audit(std::move(entry));
        co_return fail(ErrorCode::Unauthenticated, "wrong name or password", "wrong_credentials");
    }
    entry.action = "session.started";
    entry.actor = account->id.text();
    co_await audit(std::move(entry));
    co_return co_await sign_in(*std::move(account));
}

Async<AccountService::SignedIn> AccountService::guest(std::string display_name) {
    Account account;
    SW_CO_TRY(account.display_name, valid_display_name(display_name));
    account.id = powers_.random.make_id<UserId>(powers_.clock.wall());
    account.created_at = powers_.clock.wall();
    const std::string name = account.display_name;
    const bool may_stand_in = powers_.sealer != nullptr;
    if (may_stand_in && was_just_away()) co_return stand_in(name);
    Result<SignedIn> signed_in = co_await add_guest(std::move(account));
    if (signed_in || !is_away(signed_in.error()) || !may_stand_in) co_return signed_in;
    co_return stand_in(name);
}

Async<AccountService::SignedIn> AccountService::add_guest(Account account) {
    SW_CO_CHECK(co_await powers_.accounts.add(account));
    co_return co_await sign_in(std::move(account));
}

Async<AccountService::SignedIn> AccountService::sign_in(Account account) {
    std::string token = make_token();
    Session session;
    session.created_at = powers_.clock.wall();
    session.id = powers_.random.make_id<SessionId>(session.created_at);
    session.user = account.id;
    session.token_hash = sha256(as_bytes(token));
    session.expires_at = session.created_at + options_.session_lifetime;
    SW_CO_CHECK(co_await powers_.accounts.add_session(session));
    SignedIn signed_in;
    signed_in.account = std::move(account);
    signed_in.token = std::move(token);
    co_return signed_in;
}

Async<> AccountService::logout(Principal who, std::string address) {
    const Result<> ended = co_await end_session(who.session);
    // Nodes that know it by themselves forget it in any case.
    announce_ended({who.session});
    if (!ended) co_return ended;
    AuditEntry entry;
    entry.actor = who.user.text();
    entry.address = address;
    entry.action = "session.ended";
    entry.subject = who.user.text();
    co_await audit(std::move(entry));
    co_return Result<>();
}

Async<Principal> AccountService::principal_of(std::string token) {
    if (token.size() > kTokenLength) co_return co_await principal_of_stand_in(std::move(token));
    if (token.size() < kTokenLength) {
        co_return fail(ErrorCode::Unauthenticated, "not a session token");
    }
    co_return co_await principal_behind(sha256(as_bytes(token)));
}

Async<Principal> AccountService::principal_behind(Sha256Sum token_hash) {
    const auto cached = cache_.find(token_hash);
    const bool alive = cached && cached->expires_at > powers_.clock.wall();
    const auto age = cached ? powers_.clock.now() - cached->read_at : Instant::duration::max();
    if (alive && age < options_.session_cache_time) co_return cached->principal;
    // While the database is away, those who are signed in stay signed in.
    const bool trusted = alive && age <= options_.session_trust;
    if (trusted && was_just_away()) co_return cached->principal;
    Result<Principal> found = co_await look_up(token_hash);
    if (!found && is_away(found.error()) && trusted) {
        // It may have ended while we waited.
        if (cache_.find(token_hash)) co_return cached->principal;
        co_return fail(ErrorCode::Unauthenticated, "the session ended");
    }
    co_return found;
}

Async<Principal> AccountService::look_up(Sha256Sum token_hash) {
    const auto epoch = cache_.epoch();
    const WallTime now = powers_.clock.wall();
    SW_CO_TRY(auto found, co_await powers_.accounts.find_session(token_hash, now));
    // Of one that was signed out meanwhile the database may not know yet.
    if (!found || has_ended(found->session.id)) {
        co_return fail(ErrorCode::Unauthenticated, "unknown or ended session");
    }
    // A session lives from its last use; a write a day is enough to know that.
    const WallTime expires_at = now + options_.session_lifetime;
    const auto coarse = std::min<std::chrono::seconds>(24h, options_.session_lifetime / 10);
    if (expires_at - found->session.expires_at > coarse) {
        const auto extended =
            co_await powers_.accounts.extend_session(found->session.id, expires_at);
        if (extended) found->session.expires_at = expires_at;
    }
    SessionCache::Entry entry;
    entry.principal = principal_from(found->account, found->session.id);
    entry.username = found->account.username;
    entry.expires_at = found->session.expires_at;
    entry.read_at = powers_.clock.now();
    Principal principal = entry.principal;
    cache_.put(token_hash, std::move(entry), epoch);
    co_return principal;
}

net::awaitable<void> AccountService::audit(AuditEntry entry) {
    const std::string_view action = entry.action;
    const auto recorded = co_await powers_.audit.record(std::move(entry));
    if (!recorded) {
        log::warning("audit.not_recorded",
                     {{"action", action}, {"error", recorded.error().message}});
    }
}

void AccountService::announce_ended(const std::vector<SessionId>& sessions) {
    for (const SessionId session : sessions) {
        note_ended(session);  // here at once; elsewhere when the bus brings it
        powers_.bus.publish(topics::kSessionEnded, session.text());
    }
}

std::string AccountService::make_token() {
    std::array<std::uint8_t, 32> secret{};
    powers_.random.fill(secret);
    return encode_base64url(secret);
}

}  // namespace syncwatch
