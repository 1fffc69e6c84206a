#include "services/objects/other_makers.h"

#include <utility>

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

/// Longer than any player waits.
constexpr auto kPatience = 20s;
/// A message may be lost, or nobody was free for it.
constexpr auto kAskAgain = 1s;
constexpr auto kLookEvery = 200ms;

}  // namespace

OtherMakers::OtherMakers(ReplicaLedger& replicas, Bus& bus, Clock& clock,
                         net::any_io_executor executor)
    : replicas_(replicas),
      bus_(bus),
      clock_(clock),
      queue_(clock, std::move(executor),
             [this](std::string key) { return wait_for(std::move(key)); }) {}

Async<> OtherMakers::wait_for(std::string key) {
    const Instant end = clock_.now() + kPatience;
    std::optional<LedgerLine> before;
    for (Instant ask = clock_.now(); clock_.now() < end;) {
        SW_CO_TRY(const auto line, co_await replicas_.find_line(key));
        if (!line) co_return fail(ErrorCode::NotFound, "nobody wants it any more");
        if (line->fault == ObjectFault::Lost) {
            co_return fail(ErrorCode::NotFound, "nobody can make it");
        }
        if (line->fault == ObjectFault::None) co_return Result<>();
        if (before && line->object.sha256 != before->object.sha256) co_return Result<>();
        if (!before) before = line;
        if (clock_.now() >= ask) {
            bus_.publish(kWantedTopic, key);
            ask = clock_.now() + kAskAgain;
        }
        co_await clock_.sleep_until(clock_.now() + kLookEvery);
    }
    co_return fail_unavailable("workers", "nobody made " + key + " so far", 2s);
}

}  // namespace syncwatch
