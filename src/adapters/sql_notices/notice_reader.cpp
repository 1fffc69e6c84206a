#include "adapters/sql_notices/notice_reader.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/log/log.h"

namespace syncwatch::sql {
namespace {

using namespace std::chrono_literals;

constexpr auto kLookEvery = 1s;
constexpr int kMostAtOnce = 500;

struct Notice {
    std::int64_t id = 0;
    std::string topic;
    std::string payload;
};

Result<bool> any_waiting(Connection& db) {
    SW_TRY(const auto found,
           db.query_one("SELECT 1 FROM notices LIMIT 1", [](const Row&) { return true; }));
    return found.has_value();
}

/// Takes them away as it reads them: of several nodes that look, one gets each.
Result<std::vector<Notice>> take(Connection& db) {
    SW_TRY(auto taken, db.query(
                           "DELETE FROM notices WHERE id IN"
                           " (SELECT id FROM notices ORDER BY id LIMIT ?)"
                           " RETURNING id, topic, payload",
                           [](const Row& row) {
                               return Notice{row.integer(0), row.text(1), row.text(2)};
                           },
                           kMostAtOnce));
    std::ranges::sort(taken, {}, &Notice::id);
    return taken;
}

}  // namespace

Async<> NoticeReader::look() {
    auto read = [](Connection& db) { return any_waiting(db); };
    SW_CO_TRY(const bool any, co_await database_.read(std::move(read)));
    if (!any) co_return Result<>();
    // Removed first: told twice would be worse than lost, and both need a crash in between.
    auto remove = [](Connection& db) { return take(db); };
    SW_CO_TRY(const std::vector<Notice> found, co_await database_.write(std::move(remove)));
    for (const Notice& each : found) bus_.publish(each.topic, each.payload);
    co_return Result<>();
}

net::awaitable<void> NoticeReader::run() {
    for (;;) {
        const auto looked = co_await look();
        // A database that is away is news once, not every second.
        if (!looked && !std::exchange(failing_, true)) {
            log::warning("notices.not_read", {{"error", looked.error().message}});
        }
        if (looked) failing_ = false;
        co_await clock_.sleep_until(clock_.now() + kLookEvery);
    }
}

}  // namespace syncwatch::sql
