// What people do in a room.
#include <algorithm>

#include "sim/room_scene.h"

namespace syncwatch::sim {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

}  // namespace

void RoomScene::live(SimMember& member) {
    if (!acting_) return;
    world_.after(world_.span_between(200ms, 2500ms), [this, &member] {
        if (!acting_) return;
        act(member);
        live(member);
    });
}

void RoomScene::act(SimMember& member) {
    const auto dice = world_.between(0, 99);
    if (dice < 35) return report(member);
    if (dice < 55) {
        const std::string said = "line " + std::to_string(++texts_);
        const std::string id = member.ask({{"type", "chat"}, {"text", said}});
        said_[said] = member.who().user.text() + ' ' + id;
        return;
    }
    if (dice < 78) return control(member);
    if (dice < 92) return act_on_queue(member);
    if (dice < 95) return member.say({{"type", "react"}, {"emoji", "🔥"}, {"position", 1}});
    if (dice < 97) {
        return member.say({{"type", "voice"},
                           {"state", {{"joined", true}, {"muted", false}, {"speaking", true}}}});
    }
    const auto& whom = *members_[static_cast<std::size_t>(
        world_.between(0, static_cast<std::int64_t>(members_.size()) - 1))];
    if (world_.chance(20)) {
        (void)member.ask({{"type", "kick"}, {"member", whom.who().user.text()}});
        return;
    }
    (void)member.ask({{"type", "role"},
                      {"member", whom.who().user.text()},
                      {"role", world_.chance(50) ? "moderator" : "viewer"}});
}

void RoomScene::control(SimMember& member) {
    const auto dice = world_.between(0, 99);
    json::object frame{{"type", "control"}};
    if (dice < 50) {
        frame["action"] = "play";
    } else if (dice < 60) {
        frame["action"] = "pause";
    } else if (dice < 80) {
        frame["action"] = "seek";
        frame["position"] = static_cast<double>(world_.between(0, 130));
    } else if (dice < 85) {
        frame["action"] = "rate";
        frame["rate"] = world_.chance(50) ? 1.0 : 1.5;
    } else if (dice < 92) {
        frame["action"] = "next";
    } else {
        const std::string item = random_item(member, world_);
        if (item.empty()) return;
        frame["action"] = "select";
        frame["item"] = item;
    }
    (void)member.ask(std::move(frame));
}

std::string RoomScene::random_item(SimMember& member, SimWorld& world) {
    const auto& queue = member.queue();
    if (queue.empty()) return {};
    const auto which = world.between(0, static_cast<std::int64_t>(queue.size()) - 1);
    return std::string(queue.at(static_cast<std::size_t>(which)).at("id").as_string());
}

void RoomScene::act_on_queue(SimMember& member) {
    const auto dice = world_.between(0, 99);
    json::object frame{{"type", "queue"}};
    if (dice < 45 || member.queue().empty()) {
        auto film = disk_.films.films.begin();
        std::advance(film,
                     world_.between(0, static_cast<std::int64_t>(disk_.films.films.size()) - 1));
        frame["op"] = "add";
        frame["video"] = film->first.text();
    } else if (dice < 60) {
        frame["op"] = "remove";
        frame["item"] = random_item(member, world_);
    } else if (dice < 75) {
        frame["op"] = "move";
        frame["item"] = random_item(member, world_);
        if (world_.chance(50)) frame["before"] = random_item(member, world_);
    } else if (dice < 98) {
        frame["op"] = "vote";
        frame["item"] = random_item(member, world_);
    } else {
        frame["op"] = "clear";
    }
    (void)member.ask(std::move(frame));
}

void RoomScene::report(SimMember& member) {
    const bool paused = member.playback().empty() || member.playback().at("paused").as_bool();
    const bool buffering = !paused && world_.chance(25);
    SimServer* const now = server();
    if (now == nullptr) return;
    member.say({{"type", "report"},
                {"state", paused      ? "paused"
                          : buffering ? "buffering"
                                      : "playing"},
                {"position", 1},
                {"at_us", to_micros(now->time.now())},
                {"drift_ms", static_cast<double>(world_.between(-200, 200)) / 10},
                {"buffered_s", buffering ? 0 : world_.between(0, 20)}});
}

}  // namespace syncwatch::sim
