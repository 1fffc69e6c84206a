#pragma once
#include <optional>
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

namespace syncwatch {

/// What an operator does with accounts from the command line, on the database itself, whether the
/// server runs or not. Accounts are named by user name. All also fail with Unavailable.
class AccountAdmin {
public:
    struct Powers {
        AccountStore& accounts;
        RoomStore& rooms;
        PasswordHasher& hasher;
        AuditLog& audit;
        Bus& bus;
        Clock& clock;
        Random& random;
    };

    explicit AccountAdmin(Powers powers) : powers_(powers) {}

    Async<std::vector<Account>> list();
    /// The first account is always an admin's. Errors: InvalidInput (fields), Conflict
    /// ("username_taken").
    Async<Account> add(std::string username, std::string password, bool admin);
    /// With its rooms and sessions. The server removes its videos when it hears of it or starts.
    /// Errors: NotFound.
    Async<Account> remove(std::string username);
    /// Ends every session. Errors: NotFound, InvalidInput (password).
    Async<Account> reset_password(std::string username, std::string password);
    /// Errors: NotFound.
    Async<Account> set_admin(std::string username, bool admin);

private:
    Async<Account> named(std::string username);
    Async<> record(std::string_view action, UserId subject, std::string detail);

    const Powers powers_;
};

}  // namespace syncwatch
