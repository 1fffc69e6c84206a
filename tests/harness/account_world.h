#pragma once
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "adapters/memory/memory_bus.h"
#include "adapters/sql_accounts/sql_account_store.h"
#include "adapters/sql_accounts/sql_audit_log.h"
#include "adapters/sql_rooms/sql_room_store.h"
#include "adapters/system/argon2_hasher.h"
#include "base/async/run_to_end.h"
#include "harness/manual_clock.h"
#include "harness/seeded_random.h"
#include "harness/temp_database.h"
#include "services/accounts/account_service.h"

namespace syncwatch {

/// The real account service on a real database and the real bus; time and chance are the test's.
class AccountWorld {
public:
    explicit AccountWorld(AccountService::Options options = {}) { restart(std::move(options)); }

    /// The service anew on the same database, as after a restart.
    void restart(AccountService::Options options) {
        service.reset();
        service =
            std::make_unique<AccountService>(powers(), std::move(options), context.get_executor());
    }
    AccountService::Powers powers() {
        return {store, room_store, hasher, audit, bus, clock, random};
    }

    Result<AccountService::SignedIn> register_as(std::string username,
                                                 std::string password = "correct horse") {
        AccountService::NewAccount wanted;
        wanted.username = std::move(username);
        wanted.password = std::move(password);
        return run_to_end(service->register_account(wanted, "192.0.2.1"));
    }
    Result<AccountService::SignedIn> login(std::string username, std::string password,
                                           std::string address = "192.0.2.1") {
        return run_to_end(
            service->login(std::move(username), std::move(password), std::move(address)));
    }
    Result<Principal> who(const std::string& token) {
        return run_to_end(service->principal_of(token));
    }

    /// Everything published on `topic` from now on; call deliver() to bring it.
    struct Heard {
        std::vector<std::string> payloads;
        std::unique_ptr<Bus::Subscription> ticket;
    };
    std::unique_ptr<Heard> listen(const std::string& topic) {
        auto heard = std::make_unique<Heard>();
        auto keep = [to = heard.get()](const std::string& each) { to->payloads.push_back(each); };
        heard->ticket = bus.subscribe(topic, context.get_executor(), std::move(keep));
        return heard;
    }
    void deliver() {
        context.restart();
        context.poll();
    }

    /// "action subject" of every audit entry, in order.
    std::vector<std::string> audited() {
        auto work = [](sql::Connection& db) {
            return db.query("SELECT action || ' ' || subject FROM audit ORDER BY id",
                            [](const sql::Row& row) { return row.text(0); });
        };
        return run_to_end(database.get().read(std::move(work))).value();
    }
    /// Every text of every table, for looking for what must not be there.
    std::string everything_stored() {
        auto work = [](sql::Connection& db) -> Result<std::string> {
            std::string all;
            for (const char* sql :
                 {"SELECT id || username || display_name || password_hash FROM users",
                  "SELECT id || user_id || hex(token_hash) || token_hash FROM sessions",
                  "SELECT hex(token_hash) || token_hash FROM invitations",
                  "SELECT key || value FROM installation",
                  "SELECT actor || address || action || subject || detail FROM audit"}) {
                SW_TRY(const auto rows,
                       db.query(sql, [](const sql::Row& row) { return row.text(0); }));
                for (const auto& row : rows) all += row + "\n";
            }
            return all;
        };
        return run_to_end(database.get().read(std::move(work))).value();
    }

    net::io_context context{1};
    TempDatabase database;
    ManualClock clock;
    SeededRandom random;
    MemoryBus bus;
    Argon2Hasher hasher{Argon2Hasher::Options::cheap()};
    sql::SqlAccountStore store{database.get()};
    sql::SqlRoomStore room_store{database.get()};
    sql::SqlAuditLog audit{database.get(), clock};
    std::unique_ptr<AccountService> service;
};

}  // namespace syncwatch
