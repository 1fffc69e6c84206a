#include "apps/node/replication_part.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>

#include "base/log/log.h"
#include "base/log/task_fault.h"

namespace syncwatch::apps {
namespace {

/// Copies under way at once: a store in another town answers each after a while.
constexpr int kCopiers = 3;
constexpr std::chrono::seconds kAskAgain{2};

Replicator::Options replicator_options(const config::Settings& settings, bool has_second) {
    Replicator::Options options;
    options.has_second = has_second;
    options.copy_rate = settings.second.copy_rate;
    options.audit_rate = settings.second.audit_rate;
    options.audit_every = settings.second.audit_every;
    return options;
}

double seconds_since(const std::optional<WallTime>& then, WallTime now) {
    if (!then || *then > now) return 0;
    return std::chrono::duration<double>(now - *then).count();
}

double value(const ObjectTally::Count& count) {
    return static_cast<double>(count.load());
}

}  // namespace

ReplicationPart::ReplicationPart(Powers& powers, Storage& storage, const config::Settings& settings,
                                 net::any_io_executor home)
    : powers_(powers),
      storage_(storage),
      has_second_(settings.second.on()),
      second_name_(settings.second.name()),
      has_others_(settings.postgres.on()),
      home_(home),
      others_(powers.replicas, powers.bus(), powers.clock, home),
      tasks_(home, log::task_fault("objects.task_fault")) {
    // Nothing is to be copied, or mended.
    if (settings.on_trial) return;
    auto stores = CopyingStores::open(settings, {powers.clock, powers.random},
                                      settings.data.dir / "copies", storage.identity() + "-copies");
    if (!stores) {
        // Films are served all the same. /health says what is wrong with the second store.
        log::error("objects.nothing_is_copied", {{"error", stores.error().message}});
        return;
    }
    stores_ = *std::move(stores);
    mender_.emplace(ObjectMender::Powers{stores_->first(), stores_->second(), powers.replicas,
                                         stores_->copier(), powers.clock, storage.tally()});
    replicator_.emplace(*mender_, powers.replicas, powers.clock,
                        replicator_options(settings, stores_->second() != nullptr));
    storage.healing().on_fault([this] { replicator_->wake(); });
}

ReplicationPart::~ReplicationPart() {
    stop();
}

void ReplicationPart::set_maker(ObjectMaker& maker) {
    makes_ = true;
    storage_.healing().set_maker(&maker);
    if (mender_) mender_->set_maker(&maker);
}

void ReplicationPart::start() {
    if (!replicator_ || running_) return;
    running_ = true;
    if (makes_ && has_others_) {
        wanted_.emplace(*mender_, powers_.replicas, powers_.bus(), powers_.clock, home_);
    }
    if (!makes_ && has_others_) {
        others_.start();
        storage_.healing().set_maker(&others_);
    }
    net::post(home_, [this] { tasks_.spawn("begin", begin()); });
}

net::awaitable<void> ReplicationPart::begin() {
    for (bool known = !has_second_; !known;) {
        const Result<bool> another = co_await powers_.replicas.use_second(second_name_);
        known = another.has_value();
        if (!known) co_await powers_.clock.sleep_until(powers_.clock.now() + kAskAgain);
        if (known && *another) log::info("objects.another_second_store");
    }
    for (int i = 0; i < kCopiers; ++i) tasks_.spawn("copy", replicator_->copy());
    tasks_.spawn("repair", replicator_->repair());
    tasks_.spawn("audit", replicator_->audit());
    tasks_.spawn("watch", replicator_->watch());
    if (wanted_) wanted_->start();
}

net::awaitable<void> ReplicationPart::end() {
    co_await others_.end();
    if (wanted_) co_await wanted_->end();
    tasks_.cancel();
    co_await tasks_.join();
}

void ReplicationPart::stop() {
    if (!std::exchange(running_, false)) return;
    stores_->stop();
    net::co_spawn(home_, end(), net::use_future).wait();
}

void ReplicationPart::write_metrics(metrics::Text& text) const {
    write_copies(text);
    write_faults(text);
    write_audit(text);
}

void ReplicationPart::write_copies(metrics::Text& text) const {
    const ObjectTally& tally = storage_.tally();
    const auto figures = replicator_ ? replicator_->figures() : Replicator::Figures();
    // Without a second store nothing waits for it.
    const ReplicaBacklog waiting = has_second_ ? figures.backlog : ReplicaBacklog();
    text.gauge("syncwatch_replication_lag_seconds",
               "Age of the oldest object that is not in the second store yet; 0: none.",
               seconds_since(waiting.oldest, powers_.clock.wall()));
    text.gauge("syncwatch_replication_pending_objects",
               "Objects that are not in the second store yet.",
               static_cast<double>(waiting.objects));
    text.gauge("syncwatch_replication_pending_bytes", "Their bytes.",
               static_cast<double>(waiting.bytes));
    text.counter("syncwatch_replication_copied_total",
                 "Objects that this node copied into the second store.",
                 value(tally.copied_objects));
    text.counter("syncwatch_replication_copied_bytes_total", "Their bytes.",
                 value(tally.copied_bytes));
    text.counter("syncwatch_replication_failed_total", "Copies that failed; each is tried again.",
                 value(tally.copies_failed));
}

void ReplicationPart::write_faults(metrics::Text& text) const {
    const ObjectTally& tally = storage_.tally();
    constexpr const char* kFaults = "syncwatch_objects_faulty_total";
    constexpr const char* kFaultsHelp = "Objects that this node found not to be as they should.";
    text.counter(kFaults, kFaultsHelp, value(tally.missing), {{"fault", "missing"}});
    text.counter(kFaults, kFaultsHelp, value(tally.truncated), {{"fault", "truncated"}});
    text.counter(kFaults, kFaultsHelp, value(tally.damaged), {{"fault", "damaged"}});
    text.counter("syncwatch_objects_served_by_second_total",
                 "Reads that the second store answered instead of the first.",
                 value(tally.served_by_second));
    constexpr const char* kHealed = "syncwatch_objects_healed_total";
    constexpr const char* kHealedHelp =
        "Objects that this node repaired in place, by where the whole copy came from.";
    text.counter(kHealed, kHealedHelp, value(tally.healed_from_first), {{"source", "first"}});
    text.counter(kHealed, kHealedHelp, value(tally.healed_from_second), {{"source", "second"}});
    text.counter(kHealed, kHealedHelp, value(tally.healed_from_original), {{"source", "original"}});
    text.counter(kHealed, kHealedHelp, value(tally.healed_from_versions), {{"source", "version"}});
    const auto figures = replicator_ ? replicator_->figures() : Replicator::Figures();
    text.gauge("syncwatch_objects_damaged", "Objects that wait for repair.",
               static_cast<double>(figures.coverage.damaged));
    text.gauge("syncwatch_objects_lost",
               "Objects of which there is no whole copy, and nothing to make one from.",
               static_cast<double>(figures.coverage.lost));
}

void ReplicationPart::write_audit(metrics::Text& text) const {
    const ObjectTally& tally = storage_.tally();
    const auto figures = replicator_ ? replicator_->figures() : Replicator::Figures();
    const LedgerCoverage& covered = figures.coverage;
    text.gauge("syncwatch_objects", "Objects in the ledger.", static_cast<double>(covered.objects));
    text.gauge("syncwatch_objects_bytes", "Their bytes.", static_cast<double>(covered.bytes));
    const double ratio = covered.bytes == 0 ? 1
                                            : static_cast<double>(covered.verified_bytes) /
                                                  static_cast<double>(covered.bytes);
    text.gauge("syncwatch_audit_coverage_ratio",
               "Share of all bytes that were read back and whole within objects.audit_every.",
               ratio);
    text.gauge(
        "syncwatch_audit_oldest_seconds",
        "How long ago the object was read back that waits for it longest; 0: never, or none.",
        seconds_since(covered.oldest, powers_.clock.wall()));
    text.counter("syncwatch_audit_objects_total", "Objects that this node read back.",
                 value(tally.audited_objects));
    text.counter("syncwatch_audit_bytes_total", "Their bytes.", value(tally.audited_bytes));
}

}  // namespace syncwatch::apps
