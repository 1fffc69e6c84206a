#include "apps/command/restore_hold.h"

#include <cstdio>
#include <iterator>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "apps/command/backup_desk.h"
#include "apps/command/backup_words.h"
#include "base/async/run_to_end.h"

namespace syncwatch::apps {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

/// Longer than a machine sleeps, or a store is away.
constexpr auto kHeldFor = 1h;

net::awaitable<void> end_of(TaskGroup& tasks) {
    tasks.cancel();
    co_await tasks.join();
}

void tell_fault(const std::string& task, const std::string& what) {
    fmt::print(stderr, "{}: {}\n", task, what);
}

}  // namespace

RestoreHold::RestoreHold(const Invocation& invocation, const std::string& cluster,
                         std::vector<recovery::Place> places,
                         const std::vector<std::string>& components)
    : tasks_(thread_.executor(0), &tell_fault) {
    const auto names = recovery::RepositoryNames::of(cluster);
    if (!names) return;
    recovery::Hold hold;
    hold.reader = random_.make_id<recovery::ReaderId>(clock_.wall());
    hold.by = "a restore on " + invocation.settings.node.name;
    for (const std::string& each : components) {
        hold.component = each;
        holders_.emplace_back(*names, places, hold);
    }
    const WallTime until = clock_.wall() + kHeldFor;
    const auto missing = hold_until(until);
    for (const recovery::Trouble& each : missing) {
        invocation.out.line(
            fmt::format("not held       {}: {}; backup expire may remove there what is being read",
                        each.place, each.what));
    }
    is_said_ = missing.size() < holders_.size() * places.size();
    invocation.out.set("held", json::object{{"until", is_said_ ? json::value(format_rfc3339(until))
                                                               : json::value(nullptr)},
                                            {"missing", troubles_json(missing)}});
    if (!is_said_) return;
    thread_.run();
    net::post(thread_.executor(0), [this] {
        for (recovery::Holder& each : holders_) {
            tasks_.spawn("hold what is read", each.keep(clock_, kHeldFor));
        }
    });
}

RestoreHold::~RestoreHold() {
    if (!is_said_) return;
    net::co_spawn(thread_.executor(0), end_of(tasks_), net::use_future).wait();
    thread_.stop();
    if (left_for_ > 0h) {
        (void)hold_until(clock_.wall() + left_for_);
        return;
    }
    for (recovery::Holder& each : holders_) (void)run_to_end(each.let_go());
}

std::vector<recovery::Trouble> RestoreHold::hold_until(WallTime until) {
    std::vector<recovery::Trouble> all;
    for (recovery::Holder& each : holders_) {
        auto missing = run_to_end(each.hold_until(until));
        if (missing) std::move(missing->begin(), missing->end(), std::back_inserter(all));
    }
    return all;
}

PlannedHold::PlannedHold(const Invocation& invocation, const BackupArguments& arguments,
                         const std::vector<std::string>& components) {
    const auto held = open(invocation, arguments, components);
    if (held || held.error().code == "no_backups") return;
    invocation.out.line("not held       " + held.error().what +
                        "; backup expire may remove what is being read");
}

Outcome<> PlannedHold::open(const Invocation& invocation, const BackupArguments& arguments,
                            const std::vector<std::string>& components) {
    auto desk = CommandDesk::open_plan(invocation, arguments, CommandDesk::For::Restore);
    if (!desk) return tl::unexpected<Failure>(desk.error());
    std::vector<recovery::Place> places;
    for (const char* name : {"near", "far"}) {
        const auto found = (*desk)->plan().repositories.find(name);
        if (found == (*desk)->plan().repositories.end()) continue;
        auto opened = OpenRepository::open(found->second, {clock_, random_, pool_});
        if (!opened) return tl::unexpected<Failure>(failure_of(opened.error()));
        places.push_back({name, &(*opened)->get()});
        opened_.push_back(*std::move(opened));
    }
    hold_ = std::make_unique<RestoreHold>(invocation, (*desk)->cluster(), std::move(places),
                                          components);
    return {};
}

PlannedHold::~PlannedHold() {
    hold_.reset();
    for (const auto& each : opened_) each->stop();
    pool_.join();
}

}  // namespace syncwatch::apps
