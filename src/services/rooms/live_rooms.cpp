#include "services/rooms/live_rooms.h"

#include <future>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>

namespace syncwatch {

using namespace std::chrono_literals;

namespace {

/// A stamp names its node: there must be a name.
RoomRules with_node_name(RoomRules rules) {
    if (rules.node.empty()) rules.node = "n1";
    return rules;
}

}  // namespace

LiveRooms::LiveRooms(const std::vector<net::any_io_executor>& executors, RoomPowers powers,
                     RoomRules rules, const MakeSpeaker& make_speaker)
    : powers_(powers), rules_(with_node_name(std::move(rules))) {
    for (const auto& executor : executors) {
        shards_.push_back(std::make_unique<RoomShard>(executor, powers_, rules_, make_speaker()));
    }
}

LiveRooms::~LiveRooms() = default;

std::size_t LiveRooms::shard_of(const RoomCode& room) const {
    return std::hash<RoomCode>()(room) % shards_.size();
}

Async<> LiveRooms::shelve(Principal by, RoomCode room, VideoId video) {
    if (is_draining()) co_return fail_unavailable("rooms", "the node is ending", 1s);
    RoomShard& home = *shards_[shard_of(room)];
    auto task = home.shelve(std::move(by), room, video);
    co_return co_await net::co_spawn(home.executor(), std::move(task), net::use_awaitable);
}

void LiveRooms::wake(const RoomCode& room) {
    RoomShard* const home = shards_[shard_of(room)].get();
    net::post(home->executor(), [home, room] { home->wake(room); });
}

Async<> LiveRooms::fetch(RoomCode room) {
    if (is_draining()) co_return fail_unavailable("rooms", "the node is ending", 1s);
    RoomShard& home = *shards_[shard_of(room)];
    auto task = home.fetch(room);
    co_return co_await net::co_spawn(home.executor(), std::move(task), net::use_awaitable);
}

void LiveRooms::copy(const RoomCode& room, PeerAnswers::Told told) {
    RoomShard* const home = shards_[shard_of(room)].get();
    net::post(home->executor(), [home, room, told = std::move(told)] {
        if (const auto copy = home->copy(room)) told(text(*copy));
    });
}

void LiveRooms::notice(std::string code, bool active) {
    for (const auto& each : shards_) {
        RoomShard* const shard = each.get();
        net::post(shard->executor(), [shard, code, active] { shard->notice(code, active); });
    }
}

void LiveRooms::drain(std::chrono::milliseconds spread) {
    if (draining_.exchange(true)) return;
    std::vector<std::future<void>> ended;
    for (const auto& each : shards_) {
        ended.push_back(net::co_spawn(each->executor(), each->drain(spread), net::use_future));
    }
    for (auto& each : ended) each.wait();
}

}  // namespace syncwatch
