#include "adapters/sql_notices/notice_bus.h"

namespace syncwatch::sql {

void NoticeBus::publish(const std::string& topic, std::string payload) {
    waiting_.emplace_back(topic, std::move(payload));
}

std::unique_ptr<Bus::Subscription> NoticeBus::subscribe(const std::string&, net::any_io_executor,
                                                        Handler) {
    return std::make_unique<Subscription>();
}

std::unique_ptr<Bus::Subscription> NoticeBus::on_gap(net::any_io_executor, GapHandler) {
    return std::make_unique<Subscription>();
}

Async<> NoticeBus::send() {
    auto work = [waiting = std::exchange(waiting_, {})](Connection& db) -> Result<> {
        for (const auto& [topic, payload] : waiting) {
            SW_CHECK(db.run("INSERT INTO notices (topic, payload) VALUES (?, ?)", topic, payload));
        }
        return {};
    };
    co_return co_await database_.write(std::move(work));
}

}  // namespace syncwatch::sql
