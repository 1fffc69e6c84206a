#pragma once
#include <string>

#include "adapters/sqlite/connection.h"

namespace syncwatch::sqlite {

/// Holds a snapshot, and with it the log: SQLite, in whatever process, begins the log anew only
/// when nobody reads from it. The hold is passed on without an instant in between.
///
/// One that begins when the file has all of the log reads from the file alone. Then the log may
/// begin anew once; but nothing goes from that log into the file until the guard advances, so that
/// it cannot begin anew twice. One thread at a time.
class Guard {
public:
    static Result<Guard> open(const std::string& path);

    /// Holds what is there now instead. Only when all that was there before is taken.
    Result<> advance();
    void let_go();
    /// For reading; outside of the snapshot when nothing is held.
    Connection& connection() { return current_; }

private:
    Guard(Connection current, Connection spare)
        : current_(std::move(current)), spare_(std::move(spare)) {}

    Connection current_;
    Connection spare_;
    bool holds_ = false;
};

}  // namespace syncwatch::sqlite
