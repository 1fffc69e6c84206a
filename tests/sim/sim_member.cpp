#include "sim/sim_member.h"

#include <algorithm>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "harness/json_text.h"

namespace syncwatch::sim {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

/// A button that was pressed longer ago than this is not pressed again by itself.
constexpr auto kControlMeant = 3s;

}  // namespace

SimMember::SimMember(Surroundings& around, Principal who, RoomCode room, Traits traits)
    : around_(around), who_(std::move(who)), room_(room), traits_(traits) {}

void SimMember::join() {
    around_.run(connect());
}

net::awaitable<void> SimMember::connect() {
    const std::uint64_t attempt = ++attempt_;
    SimWorld& world = around_.world();
    co_await world.sleep_until(world.now() + traits_.line.delay);
    SimServer* server = around_.server();
    if (server == nullptr) co_return retry();
    auto joined = co_await server->directory.join(who_, room_, std::nullopt, "192.0.2.1");
    // Back, and there again with the ticket.
    co_await world.sleep_until(world.now() + 3 * traits_.line.delay);
    if (attempt != attempt_ || final_) co_return;
    if (!joined || !server->accepting) {
        if (!joined && joined.error().code == ErrorCode::NotFound) final_ = true;
        co_return retry();
    }
    auto grant = server->tickets.redeem(joined->ticket);
    if (!grant) co_return retry();
    link_ = std::make_shared<SimLink>(world, around_.next_link(), traits_.line, *this,
                                      around_.watcher());
    around_.opened(link_, who_.user, *server);
    link_->open(*server, *std::move(grant));
    json::object hello{{"type", "hello"}, {"protocol", 1}};
    if (known_) {
        json::object resume{{"member", who_.user.text()}};
        if (!chat_.empty()) resume["last_message"] = chat_.back();
        hello["resume"] = std::move(resume);
        ++resumes_;
    }
    link_->send(json::serialize(hello));
    // Whoever is not welcomed in time tries again.
    world.after(15s, [this, attempt] {
        if (attempt == attempt_ && !inside_ && !final_) drop(0ms, false);
    });
}

void SimMember::retry() {
    if (final_) return;
    const auto attempt = attempt_;
    SimWorld& world = around_.world();
    world.after(world.span_between(200ms, 2s), [this, attempt] {
        if (attempt == attempt_ && !final_) around_.run(connect());
    });
}

void SimMember::lost() {
    inside_ = false;
    ++attempt_;
    for (auto& [id, request] : requests_) {
        if (request.answered > request.sent) complain("answered more often than asked: " + id);
        request.sent = request.answered = 0;
    }
}

void SimMember::drop(SimWorld::Duration away, bool new_page) {
    if (final_) return;
    SimWorld& world = around_.world();
    if (link_) link_->cut(world.span_between(0ms, 4s));
    link_.reset();
    lost();
    if (new_page) {
        known_ = false;
        for (auto& [id, request] : requests_) {
            if (request.fate == Fate::Waiting) request.fate = Fate::GivenUp;
        }
        order_.clear();
        chat_.clear();
        chat_known_.clear();
        stamp_.reset();
    }
    const auto attempt = attempt_;
    world.after(away, [this, attempt] {
        if (attempt == attempt_ && !final_) around_.run(connect());
    });
}

void SimMember::link_closed(std::uint64_t link, int code) {
    if (!link_ || link_->number() != link) return;
    link_.reset();
    lost();
    final_ = code == 4401 || code == 4403 || code == 4404;
    if (code == 4400) complain("our frames were not understood");
    retry();
}

std::string SimMember::ask(json::object frame) {
    // As the web app does: it is the same message whenever it is repeated.
    std::string id = around_.world().make_id<MessageId>(around_.world().wall()).text();
    frame["id"] = id;
    Request& request = requests_[id];
    request.frame = std::move(frame);
    request.asked = around_.world().now();
    order_.push_back(id);
    if (inside_) send(request);
    return id;
}

void SimMember::send(Request& request) {
    ++request.sent;
    link_->send(json::serialize(request.frame));
}

void SimMember::say(const json::object& frame) {
    if (inside_) link_->send(json::serialize(frame));
}

void SimMember::link_heard(std::uint64_t link, const std::string& text) {
    if (!link_ || link_->number() != link) return;
    heard(json::parse(text).as_object());
}

void SimMember::heard(const json::object& frame) {
    const std::string type = text(frame.at("type"));
    if (type == "welcome") return welcomed(frame);
    if (!inside_ && type != "error" && type != "goodbye") {
        return complain("before the welcome: " + type);
    }
    if (type == "playback") take_playback(frame.at("playback").as_object());
    if (type == "queue") queue_ = frame.at("queue").as_array();
    if (type == "members") take_members(frame);
    if (type == "chat") take_chat(frame.at("message").as_object());
    if (type == "ack" || type == "error") take_answer(frame);
}

void SimMember::welcomed(const json::object& frame) {
    if (inside_) complain("welcomed twice");
    inside_ = known_ = true;
    members_.clear();
    for (const auto& each : frame.at("members").as_array()) {
        members_[text(each.at("id"))] = each.as_object();
    }
    queue_ = frame.at("queue").as_array();
    for (const auto& each : frame.at("messages").as_array()) take_chat(each.as_object());
    take_playback(frame.at("playback").as_object());
    const Instant now = around_.world().now();
    for (const std::string& id : std::vector<std::string>(order_)) {
        Request& request = requests_[id];
        const bool stale =
            text(request.frame.at("type")) == "control" && now - request.asked > kControlMeant;
        if (!stale) {
            send(request);
            continue;
        }
        request.fate = Fate::GivenUp;
        std::erase(order_, id);
    }
}

void SimMember::take_playback(const json::object& playback) {
    const Stamp stamp = Stamp::parse(text(playback.at("stamp"))).value();
    if (stamp_ && stamp < *stamp_) return;
    stamp_ = stamp;
    playback_ = playback;
    if (playback.at("position").to_number<double>() < 0) complain("a position before the film");
}

void SimMember::take_chat(const json::object& message) {
    const std::string id = text(message.at("id"));
    if (chat_known_.emplace(id, message.at("sent_at").as_int64()).second) chat_.push_back(id);
}

std::vector<std::string> SimMember::chat_by_time() const {
    std::vector<std::string> shown = chat_;
    std::ranges::sort(shown, {},
                      [this](const std::string& id) { return std::pair(chat_known_.at(id), id); });
    return shown;
}

void SimMember::take_members(const json::object& frame) {
    for (const auto& each : frame.at("left").as_array()) members_.erase(text(each));
    for (const char* list : {"joined", "changed"}) {
        for (const auto& each : frame.at(list).as_array()) {
            members_[text(each.at("id"))] = each.as_object();
        }
    }
}

void SimMember::take_answer(const json::object& frame) {
    const auto* id = frame.if_contains("id");
    if (id == nullptr) return;
    const auto found = requests_.find(text(*id));
    if (found == requests_.end()) return complain("an answer to nothing: " + text(*id));
    Request& request = found->second;
    if (++request.answered > request.sent) complain("answered more often than asked: " + text(*id));
    if (request.fate != Fate::Waiting) return;
    std::erase(order_, found->first);
    if (text(frame.at("type")) == "ack") {
        request.fate = Fate::Acked;
        if (const auto* message = frame.if_contains("message")) request.message = text(*message);
        return;
    }
    request.fate = Fate::Refused;
    request.code = text(frame.at("code"));
    // What may work later is tried once more under the same id, now and then.
    const bool later = request.code == "unavailable" || request.code == "timeout";
    if (later && around_.world().chance(50)) {
        request.fate = Fate::Waiting;
        order_.push_back(found->first);
        send(request);
    }
}

void SimMember::complain(std::string what) {
    if (complaint_.empty()) complaint_ = who_.display_name + ": " + std::move(what);
}

}  // namespace syncwatch::sim
