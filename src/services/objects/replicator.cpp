#include "services/objects/replicator.h"

#include <algorithm>
#include <utility>

#include "base/log/log.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

constexpr int kBatch = 8;
/// How long a claim lasts: longer than a batch of segments takes. A large original may outlast it;
/// then it is copied twice.
constexpr auto kClaim = 2min;
/// What a look costs at least: the note of it is a commit of its own.
constexpr std::uint64_t kLeastAudited = 256 * 1024;
constexpr auto kAfterTrouble = 5s;
constexpr auto kAuditPause = 30s;  ///< When everything was looked at.
constexpr auto kRepairEvery = 3s;  ///< Unless somebody wakes it.
constexpr auto kLookForWake = 250ms;
constexpr auto kBacklogEvery = 5s;
constexpr auto kCoverageEvery = 60s;  ///< It reads the whole ledger.

/// A store or the database is away, or the server ends: the next would go the same way.
bool ends_batch(const Error& error) {
    return error.code == ErrorCode::Unavailable || error.code == ErrorCode::Cancelled;
}

void note(std::string_view task, const std::string& key, const Error& error) {
    log::debug("objects.not_settled", {{"task", task}, {"key", key}, {"error", error.message}});
}

}  // namespace

Replicator::Replicator(ObjectMender& mender, ReplicaLedger& replicas, Clock& clock, Options options)
    : mender_(mender),
      replicas_(replicas),
      clock_(clock),
      options_(options),
      copy_pace_(options.copy_rate),
      audit_pace_(options.audit_rate) {}

net::awaitable<void> Replicator::sleep(std::chrono::milliseconds span) {
    co_await clock_.sleep_until(clock_.now() + span);
}

net::awaitable<void> Replicator::pause_after(Pace& pace, std::uint64_t bytes) {
    const Instant now = clock_.now();
    const Instant until = pace.after(bytes, now);
    if (until > now) co_await clock_.sleep_until(until);
}

/// What a batch did not come to is somebody's again in a moment.
net::awaitable<void> Replicator::give_back(std::vector<StoredBlob> rest) {
    const WallTime until = clock_.wall() + kAfterTrouble;
    for (StoredBlob& each : rest) (void)co_await replicas_.postpone(std::move(each), until);
}

Async<bool> Replicator::copy_some() {
    const WallTime now = clock_.wall();
    SW_CO_TRY(auto batch, co_await replicas_.claim_unreplicated(kBatch, now, now + kClaim));
    int in_vain = 0;
    for (std::size_t i = 0; i < batch.size(); ++i) {
        StoredBlob object = batch[i];
        const Result<> copied = co_await mender_.replicate(std::move(object));
        if (copied) {
            in_vain = 0;
            const std::uint64_t size = batch[i].size;
            co_await pause_after(copy_pace_, size);
            continue;
        }
        note("copy", batch[i].key, copied.error());
        // One object that cannot be read does not keep the others; a store that is away does.
        if (!ends_batch(copied.error()) || ++in_vain < 2) continue;
        const auto next = batch.begin() + static_cast<std::ptrdiff_t>(i) + 1;
        std::vector<StoredBlob> rest(next, batch.end());
        co_await give_back(std::move(rest));
        co_return fail(copied.error());
    }
    co_return batch.size() == kBatch;
}

net::awaitable<void> Replicator::copy() {
    for (;;) {
        if (!options_.has_second) co_return;
        const Result<bool> more = co_await copy_some();
        if (!more) {
            co_await sleep(kAfterTrouble);
        } else if (!*more) {
            co_await sleep(options_.poll);
        }
    }
}

Async<bool> Replicator::audit_some() {
    const WallTime now = clock_.wall();
    const WallTime before = now - options_.audit_every;
    SW_CO_TRY(auto batch, co_await replicas_.claim_unverified(kBatch, before, now, now + kClaim));
    int in_vain = 0;
    for (std::size_t i = 0; i < batch.size(); ++i) {
        StoredBlob object = batch[i];
        const std::uint64_t size = std::max(object.size, kLeastAudited);
        const auto mended = co_await mender_.mend(std::move(object));
        co_await pause_after(audit_pace_, size);
        if (mended) {
            in_vain = 0;
            continue;
        }
        note("audit", batch[i].key, mended.error());
        if (!ends_batch(mended.error()) || ++in_vain < 2) continue;
        const auto next = batch.begin() + static_cast<std::ptrdiff_t>(i) + 1;
        std::vector<StoredBlob> rest(next, batch.end());
        co_await give_back(std::move(rest));
        co_return fail(mended.error());
    }
    co_return batch.size() == kBatch;
}

net::awaitable<void> Replicator::audit() {
    for (;;) {
        const Result<bool> more = co_await audit_some();
        if (!more) {
            co_await sleep(kAfterTrouble);
        } else if (!*more) {
            co_await sleep(kAuditPause);
        }
    }
}

Async<> Replicator::repair_some() {
    for (bool more = true; more;) {
        const WallTime now = clock_.wall();
        SW_CO_TRY(const auto batch, co_await replicas_.claim_faulty(kBatch, now, now + kClaim));
        for (const StoredBlob& each : batch) {
            StoredBlob object = each;
            const auto mended = co_await mender_.mend(std::move(object));
            if (!mended) note("repair", each.key, mended.error());
        }
        more = !batch.empty();
    }
    co_return Result<>();
}

net::awaitable<void> Replicator::repair() {
    for (Instant next = clock_.now();;) {
        if (woken_.exchange(false) || clock_.now() >= next) {
            (void)co_await repair_some();
            next = clock_.now() + kRepairEvery;
        }
        co_await sleep(kLookForWake);
    }
}

net::awaitable<void> Replicator::watch() {
    for (Instant next = clock_.now();;) {
        const auto backlog = co_await replicas_.backlog();
        Result<LedgerCoverage> coverage = fail(ErrorCode::Cancelled, "not asked");
        if (clock_.now() >= next) {
            coverage = co_await replicas_.coverage(clock_.wall() - options_.audit_every);
            if (coverage) next = clock_.now() + kCoverageEvery;
        }
        {
            const std::lock_guard lock(mutex_);
            if (backlog) figures_.backlog = *backlog;
            if (backlog) figures_.at = clock_.wall();
            if (coverage) figures_.coverage = *coverage;
        }
        co_await sleep(kBacklogEvery);
    }
}

Replicator::Figures Replicator::figures() const {
    const std::lock_guard lock(mutex_);
    return figures_;
}

}  // namespace syncwatch
