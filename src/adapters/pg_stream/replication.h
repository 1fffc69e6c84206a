#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "adapters/pg_stream/connection.h"
#include "domain/wal/segment.h"

namespace syncwatch::pg_stream {

/// One connection that the server sends its log through (PostgreSQL documentation, "Streaming
/// Replication Protocol"). Blocks its thread: for a pool. One call at a time.
///
/// Errors of all calls: Unavailable (component "backup", reason "no_server"), Forbidden (reason
/// "no_replication": pg_hba.conf or the role's rights), and what they name.
class Replication {
public:
    static Result<std::unique_ptr<Replication>> open(const Access& access);

    struct Identity {
        std::string system_id;
        std::uint32_t timeline = 1;
        wal::Lsn position;
    };
    /// Errors: InvalidInput (its segments are not of 16 MB).
    Result<Identity> identify();

    /// From where on the server keeps its log for the slot; nullopt: there is no such slot, or it
    /// keeps nothing any more.
    Result<std::optional<wal::Lsn>> slot(const std::string& name);
    /// Errors: Conflict (reason "slots_full": max_replication_slots).
    Result<> make_slot(const std::string& name);
    /// Absent is success. Errors: Conflict (reason "slot_busy").
    Result<> drop_slot(const std::string& name);
    /// The text of a timeline's history.
    Result<std::string> history(std::uint32_t timeline);

    /// Errors: Conflict (reason "slot_busy": somebody else is at it; "log_gap": the server has it
    /// no more; "log_ahead": the server has not come that far).
    Result<> start(const std::string& slot, wal::Lsn from, std::uint32_t timeline);
    struct Batch {
        std::string bytes;  ///< What comes next; perhaps nothing.
        bool wants_reply = false;
        /// The server said all that there is of this timeline; the next one, 0: it goes down.
        std::optional<std::uint32_t> next;
        bool was_heard = false;  ///< Anything came.
    };
    /// Waits for so long at most. Errors: Corrupt (something between is missing).
    Result<Batch> receive(std::chrono::milliseconds patience);
    /// Tells the server what it need not keep any more.
    Result<> confirm(wal::Lsn durable, bool wants_answer);

private:
    explicit Replication(Connection connection) : connection_(std::move(connection)) {}
    Result<Answer> next_answer();
    Result<Answer> ask(const std::string& command);
    Result<> take(std::string_view message, Batch& into);
    Result<std::uint32_t> finish();
    tl::unexpected<Error> failed(const PGresult* answer) const;

    Connection connection_;
    wal::Lsn received_;
};

}  // namespace syncwatch::pg_stream
