#include "apps/node/recovery_part.h"

#include <chrono>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/array.hpp>

#include "apps/backup/cluster.h"
#include "apps/backup/lookout.h"
#include "apps/node/version.h"
#include "apps/plan/plan_source.h"
#include "base/log/log.h"
#include "recovery/embedded/deadline.h"

namespace syncwatch::apps {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

/// Whoever asks within this is told the same: a look reads every word of the catalogue anew.
constexpr auto kFreshFor = 15s;
/// What somebody who asks waits. They are told what was seen last then, if anything was.
constexpr auto kPatience = 8s;
/// A place that hangs is given up.
constexpr auto kLongestLook = 60s;
constexpr const char* kComponent = "backup";

}  // namespace

RecoveryPart::RecoveryPart(Powers& powers, const config::Settings& settings, KeyStore::Key key,
                           http::Authenticator& authenticator)
    : powers_(powers),
      settings_(settings),
      cluster_(cluster_of(key)),
      leases_(*powers.database),
      looked_(thread_.executor()),
      api_(authenticator, [this] { return tell(); }) {
    auto plan = load_plan(settings.recovery.plan);
    if (plan) {
        plan_ = *std::move(plan);
    } else {
        trouble_with_plan_ = plan.error().message;
    }
}

RecoveryPart::~RecoveryPart() {
    stop();
    thread_.stop();
    pool_.join();
}

void RecoveryPart::start() {
    if (!plan_ || plan_->repositories.empty()) return;
    thread_.start();
}

net::awaitable<void> RecoveryPart::end() {
    thread_.tasks().cancel();
    if (desk_) desk_->stop();
    co_await thread_.tasks().join();
    looked_.cancel();
}

void RecoveryPart::stop() {
    thread_.end(end());
}

Async<json::object> RecoveryPart::tell() {
    if (plan_ && !plan_->repositories.empty()) {
        co_return co_await net::co_spawn(thread_.executor(), tell_at_home(), net::use_awaitable);
    }
    Outlook nothing;
    nothing.at = powers_.clock.wall();
    json::object told = outlook_json(nothing);
    told["plan_trouble"] = plan_ ? json::value(nullptr) : json::value(trouble_with_plan_);
    co_return told;
}

Async<json::object> RecoveryPart::tell_at_home() {
    const bool is_fresh = told_ && powers_.clock.now() - told_at_ < kFreshFor;
    if (!is_fresh && !std::exchange(looking_, true)) {
        looked_.expires_after(kPatience);
        thread_.tasks().spawn("look", look());
    }
    if (looking_) co_await looked_.async_wait(net::as_tuple(net::use_awaitable));
    if (told_) co_return *told_;
    co_return fail_unavailable(kComponent, "the places for backups take too long to answer", 5s);
}

net::awaitable<void> RecoveryPart::look() {
    Result<json::object> seen = fail(ErrorCode::Internal, "it was not looked");
    try {
        auto task = found();
        seen = co_await recovery::by_deadline(powers_.clock, kLongestLook, std::move(task));
    } catch (const std::exception& fault) {
        seen = fail(ErrorCode::Internal, fault.what());
    }
    if (!seen) {
        log::warning("recovery.not_seen", {{"error", seen.error().message}});
        seen.error().component = kComponent;
    }
    told_ = std::move(seen);
    told_at_ = powers_.clock.now();
    looking_ = false;
    looked_.cancel();
}

Result<> RecoveryPart::open_desk() {
    if (desk_) return {};
    SW_TRY(desk_, BackupDesk::open(settings_, *plan_, cluster_, kVersion,
                                   {powers_.clock, powers_.random, pool_}));
    return {};
}

Async<json::object> RecoveryPart::found() {
    const Result<> opened = open_desk();
    if (!opened) log::warning("recovery.not_opened", {{"error", opened.error().message}});
    Lookout lookout(cluster_, {settings_, *plan_, desk_.get(), &powers_.replicas, &leases_,
                               powers_.clock, powers_.random, pool_});
    SW_CO_TRY(const Outlook outlook, co_await lookout.look());
    json::object told = outlook_json(outlook);
    told["plan_trouble"] = nullptr;
    co_return told;
}

}  // namespace syncwatch::apps
