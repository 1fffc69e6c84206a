#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "ports/lease_store.h"
#include "recovery/backups/backups.h"
#include "recovery/backups/due.h"

namespace syncwatch::recovery {

/// How the rounds go, for health, metrics and operators.
struct RoundsStatus {
    /// A kind of work ("run", "look", "let go") that failed, and was not done since.
    struct Trouble {
        WallTime since{};   ///< When it failed first.
        std::string words;  ///< How it failed last.
    };
    struct OfComponent {
        WallTime backed_up{};    ///< When its newest backup was begun.
        WallTime brings_back{};  ///< The moment that a loss of all now would come back to.
        WallTime looked_at{};    ///< The last look that found one sound.
        WallTime restored{};     ///< The last that was brought back to see whether it can be.
        WallTime tested{};       ///< The last sound look as thorough as one can be taken here.
        WallTime kept_since{};   ///< When the oldest of its backups was begun.
        /// The last look at one found it so, or its record cannot be believed.
        bool damaged = false;
        std::optional<WallTime> overdue;  ///< When a run should have been begun that was not.
        std::uint64_t failures = 0;       ///< Of all work, since this process started.
        std::map<std::string, Trouble> troubles;  ///< By kind of work. What is well is not in it.

        /// What has stood for longest; nullptr: all is well.
        const Trouble* oldest_trouble() const;
    };
    bool leads = false;  ///< Another node does it, where false.
    std::map<std::string, OfComponent> components;
    std::string trouble;       ///< Why there is no round; empty: there is.
    WallTime trouble_since{};  ///< Since when there is none.
    /// When it last had gone round to the end; zero: not since it leads. What others knew of work
    /// that failed is known here then, too.
    WallTime went_round{};
};

/// Keeps the plan: makes what is due, looks at what is there in turn, and lets go what is kept no
/// longer. Of all nodes one does it, who holds the lease "backups".
class Rounds {
public:
    static constexpr const char* kLease = "backups";

    struct Powers {
        Backups& backups;
        LeaseStore& leases;
        Clock& clock;
        std::string holder;  ///< Which process this is.
        /// What others back up, once they have begun to: it is noticed when they do so no more.
        std::vector<BackupComponent*> watched = {};
        /// It leads where nobody else does, and for one round at a time: whoever else wants to has
        /// the lease before its next.
        bool stands_in = false;
    };
    /// All of `powers` outlive it.
    Rounds(Plan plan, Powers powers) : plan_(std::move(plan)), powers_(std::move(powers)) {}

    /// Goes round until it is cancelled. On one thread.
    net::awaitable<void> run();
    /// One round: what is due by now. For tests, and run().
    net::awaitable<void> go_round();
    /// Safe from any thread.
    RoundsStatus status() const;

private:
    /// What failed is not tried again at once.
    struct Patience {
        std::uint64_t failures = 0;
        Instant not_before{};
    };

    net::awaitable<bool> lead();
    net::awaitable<void> let_others_lead();
    net::awaitable<bool> take_stock();
    net::awaitable<void> make_due();
    net::awaitable<void> make(Due due);
    net::awaitable<void> let_go(std::string component);
    net::awaitable<void> let_go_again();
    net::awaitable<void> look_in_turn();
    net::awaitable<void> look(std::string component, VerifyLevel level);
    bool wants_look(const std::string& component) const;
    bool asks_for_change(const std::string& component);
    bool is_patient(const std::string& work, const std::string& component) const;
    bool is_troubled(const std::string& work, const std::string& component) const;
    void went(const std::string& work, const std::string& component, const Error* failed);
    /// Nobody wants it any more: it was done by somebody else.
    void need_not(const std::string& work, const std::string& component);
    std::vector<BackupComponent*> all_components() const;
    void tell_status();
    void tell_trouble(const Error& trouble);

    const Plan plan_;
    const Powers powers_;
    Survey survey_;
    std::optional<Instant> surveyed_;           ///< nullopt: it has to be looked at anew.
    std::map<std::string, Patience> patience_;  ///< By work and component: "run pg".
    std::map<std::string, Instant> asked_;  ///< When it was last asked whether something changed.
    mutable std::mutex mutex_;              // Guards status_.
    RoundsStatus status_;
};

}  // namespace syncwatch::recovery
