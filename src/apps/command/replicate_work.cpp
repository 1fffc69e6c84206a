#include "apps/command/replicate_work.h"

#include <utility>

#include <boost/asio/this_coro.hpp>

#include "base/async/task_group.h"

namespace syncwatch::apps {
namespace {

using namespace std::chrono_literals;
using Became = ObjectMender::Outcome;

constexpr int kAtOnce = 4;
constexpr int kBatch = 8;
constexpr auto kClaim = 2min;
/// So many failures in a row: the store is away, not the objects.
constexpr std::uint64_t kGiveUpAfter = 8;
constexpr std::size_t kMostKeys = 100;

}  // namespace

ReplicateWork::ReplicateWork(ObjectMender& mender, ReplicaLedger& replicas, Clock& clock,
                             Options options, OnProgress on_progress)
    : mender_(mender),
      replicas_(replicas),
      clock_(clock),
      options_(options),
      on_progress_(std::move(on_progress)),
      begun_(clock.now()),
      began_at_(clock.wall()),
      pace_(options.rate) {}

net::awaitable<ReplicateWork::Tally> ReplicateWork::run() {
    std::string fault;
    TaskGroup tasks(co_await net::this_coro::executor,
                    [&fault](const std::string&, const std::string& what) { fault = what; });
    for (int i = 0; i < kAtOnce; ++i) tasks.spawn("replicate", work());
    co_await tasks.join();
    if (!fault.empty()) {
        ++tally_.failed;
        tally_.why = fault;
    }
    co_return tally_;
}

Async<std::vector<StoredBlob>> ReplicateWork::claim() {
    const WallTime now = clock_.wall();
    const WallTime until = now + kClaim;
    if (options_.kind == Kind::Copy) {
        co_return co_await replicas_.claim_unreplicated(kBatch, now, until);
    }
    if (options_.kind == Kind::Repair) {
        co_return co_await replicas_.claim_faulty(kBatch, now, until);
    }
    if (options_.kind == Kind::RepairAll) {
        SW_CO_TRY(auto faulty, co_await replicas_.claim_faulty(kBatch, now, until));
        if (!faulty.empty()) co_return faulty;
    }
    co_return co_await replicas_.claim_unverified(kBatch, began_at_, now, until);
}

net::awaitable<void> ReplicateWork::work() {
    for (;;) {
        if (options_.limit && clock_.now() - begun_ >= *options_.limit) {
            tally_.timed_out = true;
            co_return;
        }
        const auto batch = co_await claim();
        if (!batch) {
            tally_.is_away = true;
            tally_.why = batch.error().message;
            co_return;
        }
        if (batch->empty()) co_return;
        for (const StoredBlob& each : *batch) {
            if (tally_.is_away) co_return;
            StoredBlob object = each;
            co_await handle(std::move(object));
        }
    }
}

net::awaitable<void> ReplicateWork::handle(StoredBlob object) {
    const std::string key = object.key;
    const std::uint64_t size = object.size;
    Result<Became> outcome = Became::Whole;
    if (options_.kind == Kind::Copy) {
        const Result<> copied = co_await mender_.replicate(std::move(object));
        if (!copied) outcome = fail(copied.error());
    } else {
        const bool looks = options_.kind == Kind::Look;
        Result<ObjectMender::Report> report = fail(ErrorCode::Internal, "not looked at");
        if (looks) {
            report = co_await mender_.inspect(std::move(object));
        } else {
            report = co_await mender_.mend(std::move(object));
        }
        outcome = report.map([](const ObjectMender::Report& each) { return each.outcome; });
    }
    if (outcome) {
        in_vain_ = 0;
        ++tally_.objects;
        tally_.bytes += size;
        count(key, *outcome);
    } else {
        ++tally_.failed;
        tally_.why = outcome.error().message;
        const bool away = outcome.error().code == ErrorCode::Unavailable;
        if (away && ++in_vain_ >= kGiveUpAfter) tally_.is_away = true;
    }
    on_progress_(tally_);
    const Instant now = clock_.now();
    const Instant until = pace_.after(size, now);
    if (until > now) co_await clock_.sleep_until(until);
}

void ReplicateWork::count(const std::string& key, ObjectMender::Outcome outcome) {
    if (outcome == Became::Repaired) ++tally_.repaired;
    if (outcome == Became::Faulty) ++tally_.faulty;
    if (outcome == Became::Lost) ++tally_.lost;
    const bool bad = outcome == Became::Faulty || outcome == Became::Lost;
    if (bad && tally_.keys.size() < kMostKeys) tally_.keys.push_back(key);
}

}  // namespace syncwatch::apps
