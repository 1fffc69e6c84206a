#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "ports/clock.h"
#include "ports/notifier.h"
#include "ports/told_store.h"
#include "recovery/signals/to_tell.h"

namespace syncwatch::recovery {

/// How the telling goes, for health, metrics and operators.
struct TellerStatus {
    std::uint64_t told = 0;
    std::uint64_t failures = 0;
    std::size_t waiting = 0;  ///< Messages that are to be sent, and were not.
    std::string trouble;      ///< Why the last was not heard; empty: it was.
};

/// Tells one channel what is wrong with backups, as the node that makes them. What it has said is
/// in the store: there is no queue, but at any time what is wrong and what was told of it. So a
/// channel that was away for a week hears how it is now, once, whichever node says so; and where a
/// node died between saying and noting, once more.
class Teller {
public:
    /// What is wrong now; nullopt: another node says it. From the teller's thread.
    using Watch = std::function<std::optional<Observed>()>;
    struct Powers {
        Notifier& notifier;
        ToldStore& store;
        Clock& clock;
        Watch watch;
    };
    /// All of `powers` outlive it.
    Teller(Audience audience, Powers powers)
        : audience_(std::move(audience)), powers_(std::move(powers)) {}

    /// Goes on until it is cancelled. On one thread.
    net::awaitable<void> run();
    /// Says what there is to say now. For tests, and run().
    net::awaitable<void> go_round();
    const std::string& channel() const { return audience_.channel; }
    /// Safe from any thread.
    TellerStatus status() const;

private:
    /// Notes what was told. False: it could not, and nothing is told until it can.
    net::awaitable<bool> note();
    net::awaitable<bool> tell(Telling telling);
    void failed(const Error& error);
    void set_waiting(std::size_t waiting);

    const Audience audience_;
    const Powers powers_;
    std::optional<Telling> unnoted_;  ///< Heard, and not noted yet.
    std::uint64_t failures_ = 0;      ///< In a row.
    Instant not_before_{};
    mutable std::mutex mutex_;  // Guards status_.
    TellerStatus status_;
};

}  // namespace syncwatch::recovery
