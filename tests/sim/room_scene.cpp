#include "sim/room_scene.h"

#include <algorithm>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "ports/topics.h"

namespace syncwatch::sim {
namespace {

using namespace std::chrono_literals;

constexpr auto kStory = 45s;

}  // namespace

RoomScene::RoomScene(std::uint64_t seed) : world_(seed) {
    set_up();
}

RoomScene::~RoomScene() {
    acting_ = false;
    over_ = true;
    if (server_) end_server(false);
    world_.run_for(60s);
}

void RoomScene::run(net::awaitable<void> task) {
    net::co_spawn(world_.executor(), std::move(task), net::detached);
}

Principal RoomScene::somebody(const std::string& name, UserKind kind) {
    Principal who;
    who.user = world_.make_id<UserId>(world_.wall());
    who.session = world_.make_id<SessionId>(world_.wall());
    who.kind = kind;
    who.display_name = name;
    Account account;
    account.id = who.user;
    account.kind = kind;
    account.username = kind == UserKind::User ? name : "";
    account.display_name = name;
    disk_.data.accounts[who.user] = account;
    return who;
}

VideoId RoomScene::film(UserId owner, bool whole) {
    RoomFilm made;
    made.video = world_.make_id<VideoId>(world_.wall());
    made.title = "Film";
    made.duration = static_cast<double>(world_.between(15, 120));
    made.playable_until = whole ? *made.duration : 4;
    made.status = whole ? VideoStatus::Ready : VideoStatus::Transcoding;
    disk_.films.films[made.video] = {made, owner};
    if (!whole) making_.push_back(made.video);
    return made.video;
}

Faults RoomScene::faults() {
    Faults made{world_};
    made.refused_percent = world_.chance(70) ? 4 : 0;
    made.lost_percent = world_.chance(70) ? 4 : 0;
    made.most_delay = world_.chance(50) ? SimWorld::Duration(60ms) : SimWorld::Duration(2ms);
    return made;
}

void RoomScene::set_up() {
    const Principal ada = somebody("ada", UserKind::User);
    std::array<std::uint8_t, RoomCode::kLength> bytes{};
    world_.fill(bytes);
    Room room;
    room.code = room_ = RoomCode::make(bytes);
    room.name = "Film night";
    room.owner = ada.user;
    room.created_at = world_.wall();
    room.control =
        world_.chance(50) ? Control::Everyone : static_cast<Control>(world_.between(0, 1));
    room.hold = world_.chance(60) ? Hold::Everyone : static_cast<Hold>(world_.between(0, 1));
    disk_.data.rooms[room_] = room;
    disk_.data.visits[{room_, ada.user}] = {{ada.user, Role::Owner, room.created_at},
                                            room.created_at};
    for (int i = 0; i < 3; ++i) film(ada.user, i > 0 || world_.chance(60));

    playback_store_fails_ = world_.chance(50);
    start_server();
    const auto count = world_.between(3, 5);
    for (std::int64_t i = 0; i < count; ++i) {
        const Principal who = i == 0 ? ada : somebody("m" + std::to_string(i), UserKind::Guest);
        SimMember::Traits traits;
        traits.line.delay = world_.span_between(1ms, 120ms);
        traits.line.jitter = world_.span_between(0ms, 80ms);
        if (world_.chance(60)) traits.between_cuts = world_.span_between(5s, 25s);
        members_.push_back(std::make_unique<SimMember>(*this, who, room_, traits));
    }
    for (auto& each : members_) {
        world_.after(world_.span_between(0ms, 3s), [this, member = each.get()] {
            member->join();
            cut_now_and_then(*member);
            live(*member);
        });
    }
    grow_films();
    plan_harm();
}

void RoomScene::start_server() {
    Faults saving = faults();
    if (!playback_store_fails_) saving.end();
    server_ = std::make_unique<SimServer>(world_, disk_, faults(), saving);
    if (last_words_ && !clock_jumped_)
        watcher_.expect_after_restart(*std::exchange(last_words_, std::nullopt));
}

void RoomScene::opened(const std::shared_ptr<SimLink>& link, UserId user) {
    watcher_.opened(link->number(), user);
    links_.push_back(link);
}

/// SIGKILL: nothing more is written, nothing more is said. SIGTERM: a drain.
void RoomScene::end_server(bool killed) {
    SimServer& old = *server_;
    old.accepting = false;
    if (killed) remember_playback(killed);
    tally_.holds += old.metrics.holds.load();
    if (killed) {
        old.faults.alive = old.saving_faults.alive = false;
        for (const auto& each : links_) {
            if (const auto link = each.lock()) link->mute();
        }
        for (const auto& each : links_) {
            if (const auto link = each.lock()) link->die();
        }
        for (auto& each : members_) each->drop(world_.span_between(100ms, 2s), false);
    }
    auto done = [this, &old, killed](const std::exception_ptr&) {
        old.ended = true;
        if (!killed) remember_playback(killed);
    };
    net::co_spawn(world_.executor(), old.shard().drain(killed ? 0ms : 500ms), std::move(done));
    graveyard_.push_back(std::move(server_));
    std::erase_if(links_, [](const auto& each) { return each.expired(); });
}

/// What must be there again after a restart, and whether it was kept in time.
void RoomScene::remember_playback(bool killed) {
    last_words_.reset();
    if (playback_store_fails_ || clock_jumped_) return;
    const auto kept = disk_.data.playback.find(room_);
    const auto& told = watcher_.last_state();
    if (!told) return;
    const bool is_kept =
        kept != disk_.data.playback.end() && kept->second.playback.stamp >= told->stamp;
    const auto allowed = !killed ? 0ms : told->by_somebody ? 200ms : 1600ms;
    if (!is_kept && world_.now() - told->when > allowed) {
        complaint_ = "not saved in time: " + told->stamp.text();
    }
    if (!is_kept) return;
    // The queue is kept first: what is on may have gone with it, and nobody was told yet.
    const auto& item = kept->second.playback.item;
    const Queue& queue = disk_.data.queues[room_].queue;
    if (item ? queue.find(*item) == nullptr : !queue.items.empty()) return;
    RulesWatcher::LastWords words{kept->second, world_.now()};
    if (const auto& video = words.saved.playback.video) {
        words.duration = *disk_.films.films.at(*video).film.duration;
    }
    last_words_ = words;
}

void RoomScene::plan_harm() {
    const auto restarts = world_.between(0, 2);
    for (std::int64_t i = 0; i < restarts; ++i) {
        world_.after(world_.span_between(5s, kStory), [this] {
            if (!server_ || over_) return;
            end_server(world_.chance(60));
            ++tally_.restarts;
            const auto away =
                world_.chance(85) ? world_.span_between(200ms, 8s) : world_.span_between(61s, 90s);
            world_.after(away, [this] {
                if (!server_ && !over_) start_server();
            });
        });
    }
    if (world_.chance(30)) {
        world_.after(world_.span_between(2s, kStory), [this] {
            world_.step_wall(world_.span_between(-2h, 2h));
            clock_jumped_ = true;
            watcher_.forget_last_words();
        });
    }
}

/// Two processes never share a disk.
void RoomScene::start_again_after(SimWorld::Duration away) {
    world_.after(away, [this] {
        if (server_ || over_) return;
        if (!graveyard_.back()->ended) return start_again_after(100ms);
        start_server();
    });
}

void RoomScene::cut_now_and_then(SimMember& member) {
    const auto every = member.traits().between_cuts;
    if (every == 0ms || !acting_) return;
    world_.after(world_.span_between(every / 2, every * 2), [this, &member] {
        if (!acting_) return;
        const auto away =
            world_.chance(70) ? world_.span_between(0ms, 5s) : world_.span_between(9s, 16s);
        member.drop(away, world_.chance(15));
        cut_now_and_then(member);
    });
}

void RoomScene::grow_films() {
    if (making_.empty()) return;
    world_.after(700ms, [this] {
        for (const VideoId video : std::vector<VideoId>(making_)) {
            RoomFilm& film = disk_.films.films[video].film;
            film.playable_until =
                std::min(*film.duration,
                         film.playable_until + 0.1 * static_cast<double>(world_.between(2, 30)));
            if (film.playable_until >= *film.duration) {
                film.status = VideoStatus::Ready;
                std::erase(making_, video);
            }
            if (server_) server_->bus.publish(topics::kVideoChanged, video.text());
        }
        grow_films();
    });
}

std::vector<SimMember*> RoomScene::inside() const {
    std::vector<SimMember*> found;
    for (const auto& each : members_) {
        if (each->is_inside()) found.push_back(each.get());
    }
    return found;
}

std::string RoomScene::play() {
    world_.run_for(kStory);
    quiet_down();
    std::string wrong = check();
    return wrong.empty() ? complaint_ : wrong;
}

}  // namespace syncwatch::sim
