#include "services/objects/store_census.h"

#include <algorithm>
#include <utility>

#include <boost/asio/this_coro.hpp>

#include "base/async/task_group.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;
using Kind = StoreCensus::Finding::Kind;

/// Where films lie; what else is in a store is not the ledger's.
constexpr const char* kFilms = "videos";
constexpr int kLinesAtOnce = 4000;
constexpr std::size_t kMostSuspects = 256;
constexpr std::size_t kMostUnknown = 400;
constexpr int kAskedAtOnce = 8;
/// So many in a row: the store is away, not the objects.
constexpr std::uint64_t kGiveUpAfter = 16;

Condition listed_as(const ListedBlob* listed, std::uint64_t size) {
    if (listed == nullptr) return Condition::Missing;
    return listed->size == size ? Condition::Whole : Condition::Truncated;
}

tl::unexpected<Error> out_of_order(const std::string& key) {
    return fail_unavailable("objects", "a listing that is not in order, at " + key, 60s);
}

}  // namespace

StoreCensus::StoreCensus(Powers powers, OnFinding on_finding, OnProgress on_progress)
    : powers_(powers), on_finding_(std::move(on_finding)), on_progress_(std::move(on_progress)) {
    second_.ended = powers_.second == nullptr;
}

Async<> StoreCensus::run() {
    for (bool more = true; more;) {
        SW_CO_CHECK(co_await read_what_is_used_up());
        compare();
        more = !(ledger_.used_up() && first_.used_up() && second_.used_up()) ||
               !(ledger_.ended && first_.ended && second_.ended);
        if (!more || suspects_.size() >= kMostSuspects) SW_CO_CHECK(co_await look_at_suspects());
        if (!more || unknown_.size() >= kMostUnknown) SW_CO_CHECK(co_await look_at_unknown());
        on_progress_(tally_);
    }
    co_return Result<>();
}

Async<> StoreCensus::read_ledger() {
    SW_CO_TRY(ledger_.page, co_await powers_.replicas.lines(kFilms, ledger_.from, kLinesAtOnce));
    ledger_.at = 0;
    ledger_.ended = ledger_.page.size() < static_cast<std::size_t>(kLinesAtOnce);
    if (!ledger_.page.empty()) ledger_.from = ledger_.page.back().object.key;
    co_return Result<>();
}

Async<> StoreCensus::read_listing(BlobStore& store, Listing& listing) {
    while (listing.used_up() && !listing.ended) {
        SW_CO_TRY(BlobPage page, co_await store.list_page(kFilms, listing.from));
        for (const ListedBlob& each : page.all) {
            if (each.key <= listing.last) co_return out_of_order(each.key);
            listing.last = each.key;
        }
        if (!page.next.empty() && page.next == listing.from) co_return out_of_order(page.next);
        listing.from = std::move(page.next);
        listing.ended = listing.from.empty();
        listing.page = std::move(page.all);
        listing.at = 0;
    }
    co_return Result<>();
}

net::awaitable<void> StoreCensus::read_second() {
    second_read_ = co_await read_listing(*powers_.second, second_);
}

/// Both stores at once: each takes its time.
Async<> StoreCensus::read_what_is_used_up() {
    std::string fault;
    TaskGroup tasks(co_await net::this_coro::executor,
                    [&fault](const std::string&, const std::string& what) { fault = what; });
    if (second_.used_up() && !second_.ended) tasks.spawn("second", read_second());
    Result<> done = co_await read_listing(powers_.first, first_);
    if (done && ledger_.used_up() && !ledger_.ended) done = co_await read_ledger();
    co_await tasks.join();
    if (!fault.empty()) co_return fail(ErrorCode::Internal, fault);
    co_return done ? second_read_ : done;
}

void StoreCensus::compare() {
    const auto must_wait = [](const auto& place) { return place.used_up() && !place.ended; };
    const auto key_of = [](const Listing& place) {
        return place.used_up() ? nullptr : &place.page[place.at].key;
    };
    while (suspects_.size() < kMostSuspects && unknown_.size() < kMostUnknown) {
        if (must_wait(ledger_) || must_wait(first_) || must_wait(second_)) return;
        const std::string* least =
            ledger_.used_up() ? nullptr : &ledger_.page[ledger_.at].object.key;
        for (const std::string* each : {key_of(first_), key_of(second_)}) {
            if (least == nullptr || (each != nullptr && *each < *least)) least = each;
        }
        if (least == nullptr) return;
        const auto take = [least](Listing& place) -> const ListedBlob* {
            if (place.used_up() || place.page[place.at].key != *least) return nullptr;
            return &place.page[place.at++];
        };
        const bool is_known = !ledger_.used_up() && ledger_.page[ledger_.at].object.key == *least;
        const ListedBlob* const first = take(first_);
        const ListedBlob* const second = take(second_);
        if (first != nullptr) ++tally_.first;
        if (second != nullptr) ++tally_.second;
        if (is_known) {
            compare_line(ledger_.page[ledger_.at++], first, second);
        } else {
            compare_unknown(first, second);
        }
    }
}

void StoreCensus::compare_line(const LedgerLine& line, const ListedBlob* first,
                               const ListedBlob* second) {
    const std::uint64_t size = line.object.size;
    ++tally_.objects;
    tally_.bytes += size;
    Suspect suspect{line, listed_as(first, size), Condition::Whole};
    if (powers_.second != nullptr) suspect.second = listed_as(second, size);
    const bool waits = suspect.second == Condition::Missing && !line.replicated_at;
    if (waits) ++tally_.waiting;
    const bool second_is_well = suspect.second == Condition::Whole || waits;
    if (suspect.first == Condition::Whole && second_is_well) return;
    suspects_.push_back(std::move(suspect));
}

void StoreCensus::compare_unknown(const ListedBlob* first, const ListedBlob* second) {
    const WallTime young = powers_.clock.wall() - kYoung;
    const ListedBlob& any = first != nullptr ? *first : *second;
    const bool is_young = (first != nullptr && first->stored_at > young) ||
                          (second != nullptr && second->stored_at > young);
    if (is_young) {
        ++tally_.young;
        return;
    }
    Finding found;
    found.kind = Kind::Orphan;
    found.key = any.key;
    found.size = any.size;
    if (first == nullptr) found.first = Condition::Missing;
    if (second == nullptr) found.second = Condition::Missing;
    unknown_.push_back(std::move(found));
}

Async<> StoreCensus::look_at_suspects() {
    next_suspect_ = 0;
    std::string fault;
    TaskGroup tasks(co_await net::this_coro::executor,
                    [&fault](const std::string&, const std::string& what) { fault = what; });
    for (int i = 0; i < kAskedAtOnce; ++i) tasks.spawn("ask", look_at_some());
    co_await tasks.join();
    if (!fault.empty()) co_return fail(ErrorCode::Internal, fault);
    const std::vector<Suspect> looked_at = std::exchange(suspects_, {});
    for (const Suspect& each : looked_at) {
        Suspect one = each;
        SW_CO_CHECK(co_await settle(std::move(one)));
    }
    if (std::max(first_.in_vain, second_.in_vain) >= kGiveUpAfter) {
        co_return fail_unavailable("objects", tally_.why, 5s);
    }
    co_return Result<>();
}

net::awaitable<void> StoreCensus::look_at_some() {
    while (next_suspect_ < suspects_.size()) {
        Suspect& suspect = suspects_[next_suspect_++];
        co_await look_at(suspect);
    }
}

net::awaitable<Condition> StoreCensus::ask(BlobStore& store, Listing& listing, std::string key,
                                           std::uint64_t size) {
    if (listing.in_vain >= kGiveUpAfter) co_return Condition::Away;
    const auto found = co_await store.size_of(std::move(key));
    if (!found && found.error().code != ErrorCode::NotFound) {
        tally_.why = found.error().message;
        ++listing.in_vain;
        co_return Condition::Away;
    }
    listing.in_vain = 0;
    if (!found) co_return Condition::Missing;
    co_return *found == size ? Condition::Whole : Condition::Truncated;
}

net::awaitable<void> StoreCensus::look_at(Suspect& suspect) {
    const StoredBlob& object = suspect.line.object;
    if (suspect.first != Condition::Whole) {
        suspect.first = co_await ask(powers_.first, first_, object.key, object.size);
    }
    // One that waits for its copy is asked for as well where the first store lacks it: a copy may
    // have come that nobody noted.
    if (suspect.second != Condition::Whole) {
        suspect.second = co_await ask(*powers_.second, second_, object.key, object.size);
    }
}

/// What it became, now that the stores have answered. The ledger is asked last: whoever removes a
/// film writes that down before its objects go.
Async<> StoreCensus::settle(Suspect suspect) {
    const bool has_second = powers_.second != nullptr;
    if (suspect.first == Condition::Away || suspect.second == Condition::Away) {
        ++tally_.unsure;
        co_return Result<>();
    }
    const bool waits = suspect.second == Condition::Missing && !suspect.line.replicated_at;
    const bool second_is_well = suspect.second == Condition::Whole || waits;
    if (suspect.first == Condition::Whole && second_is_well) {
        ++tally_.stale;
        co_return Result<>();
    }
    StoredBlob object = suspect.line.object;
    SW_CO_TRY(const bool wanted, co_await powers_.replicas.is_wanted(std::move(object)));
    if (!wanted) co_return Result<>();
    const bool anywhere =
        suspect.first == Condition::Whole || (has_second && suspect.second == Condition::Whole);
    Finding found;
    found.kind = anywhere ? Kind::Damaged : Kind::Lost;
    found.key = suspect.line.object.key;
    found.size = suspect.line.object.size;
    found.first = suspect.first;
    found.second = suspect.second;
    ++(anywhere ? tally_.damaged : tally_.lost);
    if (!anywhere) tally_.lost_bytes += found.size;
    SW_CO_CHECK(on_finding_(found));
    if (suspect.line.fault != ObjectFault::None) co_return Result<>();
    StoredBlob line = suspect.line.object;
    const WallTime now = powers_.clock.wall();
    co_return co_await powers_.replicas.note_fault(std::move(line), ObjectFault::Damaged, now);
}

Async<> StoreCensus::look_at_unknown() {
    const std::vector<Finding> found = std::exchange(unknown_, {});
    if (found.empty()) co_return Result<>();
    std::vector<std::string> keys;
    for (const Finding& each : found) keys.push_back(each.key);
    SW_CO_TRY(const auto unknown, co_await powers_.replicas.unknown_of(std::move(keys)));
    for (const Finding& each : found) {
        if (std::ranges::find(unknown, each.key) == unknown.end()) continue;
        ++tally_.orphans;
        tally_.orphan_bytes += each.size;
        SW_CO_CHECK(on_finding_(each));
    }
    co_return Result<>();
}

}  // namespace syncwatch
