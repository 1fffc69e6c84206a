// What must be true of a room once it is quiet.
#include <algorithm>
#include <cmath>
#include <set>

#include <boost/json/serialize.hpp>

#include "harness/json_text.h"
#include "sim/room_scene.h"

namespace syncwatch::sim {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

}  // namespace

/// Nothing is done any more, and nothing fails; everybody has the time to come back.
void RoomScene::quiet_down() {
    acting_ = false;
    end_outages();
    net_.heal(world_.chance(50));
    net_.harm = {};
    // Two processes never share a disk, but several servers do.
    while (is_single() && servers().empty() && !graveyard_.back()->ended) world_.run_for(100ms);
    for (std::size_t i = 0; i < sites_.size(); ++i) {
        if (!sites_[i]->server) start_server(i);
        sites_[i]->server->end_harm();
    }
    world_.run_for(40s);
    // A film may end at any moment: look when what was said has arrived.
    for (std::uint64_t before = 0; before != trace_.hash();) {
        before = trace_.hash();
        world_.run_for(1100ms);
    }
}

std::string RoomScene::check() {
    if (!watcher_.complaint().empty()) return watcher_.complaint();
    for (const auto& each : members_) {
        if (!each->complaint().empty()) return each->complaint();
        if (!each->is_inside() && !each->is_final()) {
            return each->who().display_name + " did not come back";
        }
        tally_.resumes += static_cast<std::uint64_t>(each->resumes());
    }
    tally_.acked_controls = watcher_.controls_done();
    tally_.refused_controls = watcher_.controls_refused();
    for (const auto check :
         {&RoomScene::check_agreement, &RoomScene::check_host, &RoomScene::check_chat,
          &RoomScene::check_chat_logs, &RoomScene::check_requests}) {
        std::string wrong = (this->*check)();
        if (!wrong.empty()) return wrong;
    }
    return {};
}

/// All members agree on the film and the queue, and so does the disk.
std::string RoomScene::check_agreement() {
    const auto present = inside();
    if (present.empty()) return {};
    const SimMember& first = *present.front();
    // A state that could not be saved dies with the last node that knew it; pages remember it.
    const bool may_lose_state = database_goes_away_ && !is_single();
    for (const SimMember* each : present) {
        if (!may_lose_state && each->playback() != first.playback()) {
            const auto kept = disk_.data.playback.find(room_);
            return "two see different states: " + json::serialize(each->playback()) + " and " +
                   json::serialize(first.playback()) + "; kept: " +
                   (kept == disk_.data.playback.end() ? "none"
                                                      : kept->second.playback.stamp.text());
        }
        if (each->queue() != first.queue()) return "two see different queues";
    }
    const Queue& stored = disk_.data.queues[room_].queue;
    if (stored.items.size() != first.queue().size()) return "the queue on the disk is another";
    for (std::size_t i = 0; i < stored.items.size(); ++i) {
        const auto& shown = first.queue().at(i);
        if (text(shown.at("id")) != stored.items[i].id.text() ||
            shown.at("votes").to_number<std::size_t>() != stored.items[i].voters.size()) {
            return "the queue on the disk is in another order";
        }
    }
    if (may_lose_state) return {};
    const bool on = !first.playback().at("item").is_null();
    if (on == stored.items.empty()) {
        return "on: " + json::serialize(first.playback()) + " in a queue of " +
               std::to_string(stored.items.size());
    }
    if (on && stored.find(ItemId::parse(text(first.playback().at("item"))).value()) == nullptr) {
        return "what is on is not in the queue";
    }
    const auto saved = disk_.data.playback.find(room_);
    if (saved != disk_.data.playback.end() &&
        saved->second.playback.stamp.text() != text(first.playback().at("stamp"))) {
        return "the state on the disk is another: " + saved->second.playback.stamp.text();
    }
    return {};
}

/// Everybody knows one host, and the same one: the first in the order of standing.
std::string RoomScene::check_host() {
    const auto present = inside();
    std::set<std::string> hosts;
    for (const SimMember* each : present) {
        int count = 0;
        for (const auto& [id, member] : each->members()) {
            if (!member.at("host").as_bool()) continue;
            ++count;
            hosts.insert(id);
        }
        if (count != 1) return each->who().display_name + " sees not one host";
        if (each->members().size() != first_size_of(present)) return "two see different members";
    }
    if (hosts.size() > 1) return "two see different hosts";
    if (hosts.empty()) return {};
    const auto& members = present.front()->members();
    const auto is_owner = [](const auto& each) { return text(each.second.at("role")) == "owner"; };
    const auto owner = std::ranges::find_if(members, is_owner);
    if (owner != members.end() && owner->first != *hosts.begin()) return "the owner is no host";
    return {};
}

std::size_t RoomScene::first_size_of(const std::vector<SimMember*>& present) {
    return present.front()->members().size();
}

/// What was acknowledged is on the disk, and nothing is there twice.
std::string RoomScene::check_chat() {
    std::map<std::string, int> stored;
    std::map<std::string, std::string> ids;
    WallTime last{};
    for (const auto& kept : disk_.data.chat[room_]) {
        ++stored[kept.message.text];
        ids[kept.message.text] = kept.message.id.text();
        if (kept.message.sent_at <= last) return "two messages share a time";
        last = kept.message.sent_at;
    }
    for (const auto& [said, count] : stored) {
        if (count > 1) return "kept " + std::to_string(count) + " times: " + said;
    }
    for (const auto& member : members_) {
        for (const auto& [id, request] : member->requests()) {
            if (text(request.frame.at("type")) != "chat" || request.fate != Fate::Acked) continue;
            ++tally_.acked_chat;
            const std::string said = text(request.frame.at("text"));
            if (!stored.contains(said)) return "acknowledged and lost: " + said;
            // The same words under the same id are the same message for ten minutes. Where the
            // clock jumped by more, only the store can tell, after the acknowledgement.
            const bool by_its_id = request.message == ids[said] || clock_jumped_;
            if (!by_its_id) return "acknowledged as another message: " + said;
        }
    }
    return {};
}

/// Everybody heard everything since they came. While the database does not answer, nodes hear of
/// messages in different orders: a page sorts them by their times.
std::string RoomScene::check_chat_logs() {
    std::map<std::string, std::size_t> places;
    for (const auto& kept : disk_.data.chat[room_]) {
        places.emplace(kept.message.id.text(), places.size());
    }
    for (const SimMember* each : inside()) {
        const std::string& name = each->who().display_name;
        std::vector<std::size_t> at;
        for (const std::string& id : each->chat_by_time()) {
            if (!places.contains(id) && clock_jumped_) continue;  // as in check_chat()
            if (!places.contains(id)) return name + " heard what is not kept";
            at.push_back(places[id]);
        }
        if (at.empty()) {
            if (!places.empty()) return name + " heard nothing";
            continue;
        }
        const auto first = *std::ranges::min_element(at);
        if (at.size() != places.size() - first) {
            return name + " heard " + std::to_string(at.size()) + " messages of " +
                   std::to_string(places.size() - first);
        }
        for (std::size_t i = 0; i < at.size(); ++i) tally_.moved += at[i] != first + i ? 1 : 0;
    }
    return {};
}

/// Whatever was asked over a line that is still open was answered once for each time.
std::string RoomScene::check_requests() {
    for (const SimMember* each : inside()) {
        for (const auto& [id, request] : each->requests()) {
            if (request.sent != request.answered) {
                return each->who().display_name + " asked " + std::to_string(request.sent) +
                       " times and was answered " + std::to_string(request.answered) +
                       " times: " + json::serialize(request.frame);
            }
            if (request.fate == Fate::Waiting) return "still waits: " + id;
        }
    }
    return {};
}

}  // namespace syncwatch::sim
