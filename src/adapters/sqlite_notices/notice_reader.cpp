#include "adapters/sqlite_notices/notice_reader.h"

#include <string>
#include <utility>
#include <vector>

#include "base/log/log.h"

namespace syncwatch::sqlite {
namespace {

using namespace std::chrono_literals;

constexpr auto kLookEvery = 1s;
constexpr int kMostAtOnce = 500;

struct Notice {
    std::int64_t id = 0;
    std::string topic;
    std::string payload;
};

Result<std::vector<Notice>> waiting(Connection& db) {
    return db.query(
        "SELECT id, topic, payload FROM notices ORDER BY id LIMIT ?",
        [](const Row& row) {
            return Notice{row.integer(0), row.text(1), row.text(2)};
        },
        kMostAtOnce);
}

}  // namespace

Async<> NoticeReader::look() {
    auto read = [](Connection& db) { return waiting(db); };
    SW_CO_TRY(const std::vector<Notice> found, co_await database_.read(std::move(read)));
    if (found.empty()) co_return Result<>();
    // Removed first: told twice would be worse than lost, and both need a crash in between.
    auto remove = [last = found.back().id](Connection& db) {
        return db.run("DELETE FROM notices WHERE id <= ?", last);
    };
    SW_CO_CHECK(co_await database_.write(std::move(remove)));
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

}  // namespace syncwatch::sqlite
