#pragma once
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "adapters/memory/memory_bus.h"
#include "adapters/sql_accounts/sql_audit_log.h"
#include "adapters/sql_media/sql_key_store.h"
#include "adapters/sql_notices/notice_bus.h"
#include "adapters/sql_notices/notice_reader.h"
#include "adapters/sql_notices/sql_lease_store.h"
#include "adapters/sql_notices/sql_told_store.h"
#include "base/async/run_to_end.h"
#include "harness/manual_clock.h"
#include "harness/must.h"

namespace syncwatch {

/// What has no contract suite of its own, because there is one implementation: the audit log, the
/// keys, the leases, what was told, and the notices between processes. `Database`: TempDatabase or
/// PostgresDatabase.
template <class Database>
class SmallTables : public testing::Test {
protected:
    using Words = std::vector<std::string>;

    Words audited() {
        auto work = [](sql::Connection& db) {
            return db.query("SELECT action || ' ' || subject FROM audit ORDER BY id",
                            [](const sql::Row& row) { return row.text(0); });
        };
        return run_to_end(database_.get().read(std::move(work))).value_or(Words{"unreadable"});
    }
    static KeyStore::Key filled(std::uint8_t byte) {
        KeyStore::Key key{};
        key.fill(byte);
        return key;
    }
    Bus::Handler into(Words& heard) {
        return [&heard](const std::string& payload) { heard.push_back(payload); };
    }
    void run() {
        context_.restart();
        context_.run();
    }

    Database database_;
    ManualClock clock_;
    MemoryBus bus_;
    net::io_context context_{1};
};

TYPED_TEST_SUITE_P(SmallTables);

TYPED_TEST_P(SmallTables, AuditEntriesStayInOrderUntilTheyAreForgotten) {
    sql::SqlAuditLog log(this->database_.get(), this->clock_);
    ASSERT_TRUE(run_to_end(log.record({"u1", "192.0.2.1", "session.started", "u1"})));
    this->clock_.advance(std::chrono::hours(1));
    ASSERT_TRUE(run_to_end(log.record({"u1", "192.0.2.1", "room.deleted", "7K3F9-QZ01M"})));
    EXPECT_EQ(this->audited(),
              (std::vector<std::string>{"session.started u1", "room.deleted 7K3F9-QZ01M"}));
    ASSERT_TRUE(run_to_end(log.forget(this->clock_.wall())));
    EXPECT_EQ(this->audited(), (std::vector<std::string>{"room.deleted 7K3F9-QZ01M"}));
}

TYPED_TEST_P(SmallTables, TheFirstKeyOfANameStays) {
    sql::SqlKeyStore keys(this->database_.get());
    EXPECT_EQ(run_to_end(keys.key("media_key", this->filled(0xab))).value(), this->filled(0xab));
    EXPECT_EQ(run_to_end(keys.key("media_key", this->filled(2))).value(), this->filled(0xab));
    EXPECT_EQ(run_to_end(keys.key("other", this->filled(3))).value(), this->filled(3));
}

TYPED_TEST_P(SmallTables, ADamagedKeyIsSaidAndNotReplaced) {
    auto damage = [](sql::Connection& db) {
        return db.run("INSERT INTO installation (key, value) VALUES ('media_key', 'abc')");
    };
    ASSERT_TRUE(run_to_end(this->database_.get().write(std::move(damage))));
    sql::SqlKeyStore keys(this->database_.get());
    EXPECT_EQ(run_to_end(keys.key("media_key", this->filled(1))).error().code, ErrorCode::Corrupt);
}

TYPED_TEST_P(SmallTables, WhatAnotherProcessSaidIsToldOnceAndInOrder) {
    sql::NoticeBus speaker(this->database_.get());
    sql::NoticeReader reader(this->database_.get(), this->bus_, this->clock_);
    sql::NoticeReader other_node(this->database_.get(), this->bus_, this->clock_);
    std::vector<std::string> heard;
    const auto home = this->context_.get_executor();
    const auto a = this->bus_.subscribe("a", home, this->into(heard));
    const auto b = this->bus_.subscribe("b", home, this->into(heard));

    speaker.publish("a", "1");
    speaker.publish("b", "2");
    EXPECT_TRUE(run_to_end(reader.look()));
    this->run();
    EXPECT_TRUE(heard.empty()) << "not before it is sent";
    EXPECT_TRUE(run_to_end(speaker.send()));
    speaker.publish("a", "3");
    EXPECT_TRUE(run_to_end(speaker.send()));
    EXPECT_TRUE(run_to_end(reader.look()));
    EXPECT_TRUE(run_to_end(other_node.look()));
    this->run();
    EXPECT_EQ(heard, (std::vector<std::string>{"1", "2", "3"}));
}

TYPED_TEST_P(SmallTables, ThereMayBeNobodyToHearWhatTheSpeakerSays) {
    sql::NoticeBus speaker(this->database_.get());
    std::vector<std::string> heard;
    const auto ticket = speaker.subscribe("a", this->context_.get_executor(), this->into(heard));
    speaker.publish("a", "1");
    EXPECT_TRUE(run_to_end(speaker.send()));
    this->run();
    EXPECT_TRUE(heard.empty());
}

TYPED_TEST_P(SmallTables, ALeaseIsOnesUntilItEndsOrIsGivenBack) {
    sql::SqlLeaseStore leases(this->database_.get());
    const auto hold = [&](const char* name, const char* holder) {
        return must(
            run_to_end(leases.hold(name, holder, this->clock_.wall(), std::chrono::seconds(60))));
    };
    const auto holder = [&] {
        return must(run_to_end(leases.holder("backups", this->clock_.wall()))).value_or("nobody");
    };
    EXPECT_EQ(holder(), "nobody");
    EXPECT_TRUE(hold("backups", "a"));
    EXPECT_FALSE(hold("backups", "b"));
    EXPECT_TRUE(hold("drills", "b"));
    EXPECT_EQ(holder(), "a");
    this->clock_.advance(std::chrono::seconds(59));
    EXPECT_FALSE(hold("backups", "b"));
    EXPECT_TRUE(hold("backups", "a"));  // For another minute.
    this->clock_.advance(std::chrono::seconds(59));
    EXPECT_FALSE(hold("backups", "b"));
    this->clock_.advance(std::chrono::seconds(1));
    EXPECT_EQ(holder(), "nobody");
    EXPECT_TRUE(hold("backups", "b"));
    EXPECT_FALSE(hold("backups", "a"));
    ASSERT_TRUE(run_to_end(leases.release("backups", "a")));  // It is not theirs any more.
    EXPECT_FALSE(hold("backups", "a"));
    ASSERT_TRUE(run_to_end(leases.release("backups", "b")));
    EXPECT_TRUE(hold("backups", "a"));
}

TYPED_TEST_P(SmallTables, WhatAChannelWasToldStaysUntilItIsForgotten) {
    sql::SqlToldStore store(this->database_.get());
    const auto told = [&](const char* channel) { return must(run_to_end(store.of(channel))); };
    const WallTime now = this->clock_.wall();
    const Told late{"ops", "backup.pg.overdue", Severity::Warning, "pg", "it is late", now, now};
    const Told damage{"ops", "backup.pg.damaged", Severity::Critical, "pg", "damage", now, now};
    ASSERT_TRUE(run_to_end(store.keep(late)));
    ASSERT_TRUE(run_to_end(store.keep(damage)));
    Told again = late;
    again.at += std::chrono::hours(24);
    again.what = "it is later";
    ASSERT_TRUE(run_to_end(store.keep(again)));
    EXPECT_EQ(told("ops"), (std::vector<Told>{damage, again}));
    EXPECT_TRUE(told("night").empty());
    ASSERT_TRUE(run_to_end(store.forget("night", late.key)));
    ASSERT_TRUE(run_to_end(store.forget("ops", damage.key)));
    EXPECT_EQ(told("ops"), (std::vector<Told>{again}));
}

REGISTER_TYPED_TEST_SUITE_P(SmallTables, AuditEntriesStayInOrderUntilTheyAreForgotten,
                            TheFirstKeyOfANameStays, ADamagedKeyIsSaidAndNotReplaced,
                            WhatAnotherProcessSaidIsToldOnceAndInOrder,
                            ThereMayBeNobodyToHearWhatTheSpeakerSays,
                            ALeaseIsOnesUntilItEndsOrIsGivenBack,
                            WhatAChannelWasToldStaysUntilItIsForgotten);

}  // namespace syncwatch
