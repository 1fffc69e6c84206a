#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "ports/blob_store.h"
#include "ports/clock.h"
#include "ports/replica_ledger.h"
#include "services/objects/condition.h"

namespace syncwatch {

/// What the ledger says next to what the stores list: which objects are missing, and which objects
/// nobody knows of. Reads the ledger and both listings in step, by key, a page of each at a time:
/// memory stays flat, however many there are.
///
/// A listing is only a hint. What it lacks is asked for by itself before it counts as missing, and
/// what is unknown is looked for in the ledger again. Removes nothing; what it finds missing it
/// notes in the ledger, where repair finds it.
class StoreCensus {
public:
    /// They outlive this.
    struct Powers {
        BlobStore& first;
        BlobStore* second = nullptr;  ///< nullptr: there is none.
        ReplicaLedger& replicas;
        const Clock& clock;
    };
    struct Finding {
        enum class Kind : std::uint8_t {
            Lost,     ///< No store has it.
            Damaged,  ///< A store lacks it, or has it with another size; the other has it.
            Orphan,   ///< A store has it, and nobody knows of it.
        };
        Kind kind = Kind::Lost;
        std::string key;
        std::uint64_t size = 0;
        Condition first = Condition::Whole;
        Condition second = Condition::Whole;  ///< Whole where there is no second store.
    };
    struct Tally {
        std::uint64_t objects = 0;  ///< In the ledger.
        std::uint64_t bytes = 0;
        std::uint64_t first = 0;  ///< That the first store lists.
        std::uint64_t second = 0;
        std::uint64_t lost = 0;
        std::uint64_t lost_bytes = 0;
        std::uint64_t damaged = 0;
        std::uint64_t waiting = 0;  ///< Not in the second store yet, and not said to be.
        std::uint64_t orphans = 0;
        std::uint64_t orphan_bytes = 0;
        std::uint64_t young = 0;  ///< Unknown, but stored so lately that a line may follow.
        std::uint64_t stale = 0;  ///< There, although a listing did not have them.
        std::uint64_t unsure =
            0;            ///< Not listed, and the store did not say whether they are there.
        std::string why;  ///< Of the last of these.
    };
    /// Hears of each as it is found. Errors end the census.
    using OnFinding = std::function<Result<>(const Finding& found)>;
    using OnProgress = std::function<void(const Tally& so_far)>;

    /// What was stored since then may be about to get its line.
    static constexpr std::chrono::hours kYoung{1};

    StoreCensus(Powers powers, OnFinding on_finding, OnProgress on_progress);

    /// All of it, once. Errors: Unavailable (a listing or the ledger broke off: what was found
    /// until then stands, and nothing is said of the rest), those of OnFinding.
    Async<> run();
    const Tally& tally() const { return tally_; }

private:
    /// Where one of the lists stands.
    template <class Item>
    struct Place {
        std::vector<Item> page;
        std::size_t at = 0;
        std::string from;
        std::string last;  ///< The key of the one before: they only grow.
        bool ended = false;
        std::uint64_t in_vain = 0;  ///< Questions in a row that the store did not answer.

        bool used_up() const { return at == page.size(); }
    };
    using Listing = Place<ListedBlob>;
    /// A line whose object some listing does not have as it should.
    struct Suspect {
        LedgerLine line;
        Condition first = Condition::Whole;
        Condition second = Condition::Whole;
    };

    Async<> read_ledger();
    Async<> read_listing(BlobStore& store, Listing& listing);
    net::awaitable<void> read_second();
    Async<> read_what_is_used_up();
    /// Goes on until a page is used up, or there is enough to look at.
    void compare();
    void compare_line(const LedgerLine& line, const ListedBlob* first, const ListedBlob* second);
    void compare_unknown(const ListedBlob* first, const ListedBlob* second);
    Async<> look_at_suspects();
    net::awaitable<void> look_at_some();
    net::awaitable<void> look_at(Suspect& suspect);
    net::awaitable<Condition> ask(BlobStore& store, Listing& listing, std::string key,
                                  std::uint64_t size);
    Async<> settle(Suspect suspect);
    Async<> look_at_unknown();

    const Powers powers_;
    const OnFinding on_finding_;
    const OnProgress on_progress_;
    Tally tally_;
    Place<LedgerLine> ledger_;
    Listing first_;
    Listing second_;
    Result<> second_read_;
    std::vector<Suspect> suspects_;
    std::size_t next_suspect_ = 0;
    std::vector<Finding> unknown_;
};

}  // namespace syncwatch
