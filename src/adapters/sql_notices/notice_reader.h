#pragma once
#include "adapters/sql/database.h"
#include "ports/bus.h"
#include "ports/clock.h"

namespace syncwatch::sql {

/// Tells the server's bus what other processes on its database have written down (NoticeBus).
class NoticeReader {
public:
    NoticeReader(Database& database, Bus& bus, Clock& clock)
        : database_(database), bus_(bus), clock_(clock) {}

    /// Once a second, until it is cancelled.
    net::awaitable<void> run();
    /// Publishes what is there, in order, each once. Errors: Unavailable.
    Async<> look();

private:
    Database& database_;
    Bus& bus_;
    Clock& clock_;
    bool failing_ = false;
};

}  // namespace syncwatch::sql
