#include "adapters/sqlite_log/guard.h"

#include <utility>

namespace syncwatch::sqlite {

Result<Guard> Guard::open(const std::string& path) {
    SW_TRY(Connection current, Connection::open(path, Connection::Mode::ReadOnly));
    SW_TRY(Connection spare, Connection::open(path, Connection::Mode::ReadOnly));
    return Guard(std::move(current), std::move(spare));
}

Result<> Guard::advance() {
    // BEGIN alone takes no snapshot: the first read does.
    if (auto begun = spare_.script("BEGIN; SELECT count(*) FROM sqlite_schema"); !begun) {
        // Inside of a transaction none could be begun another time.
        (void)spare_.script("ROLLBACK");
        return begun;
    }
    if (holds_) (void)current_.script("ROLLBACK");
    std::swap(current_, spare_);
    holds_ = true;
    return {};
}

void Guard::let_go() {
    if (holds_) (void)current_.script("ROLLBACK");
    holds_ = false;
}

}  // namespace syncwatch::sqlite
