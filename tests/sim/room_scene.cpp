#include "sim/room_scene.h"

#include <algorithm>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "harness/somebody.h"
#include "ports/topics.h"

namespace syncwatch::sim {
namespace {

using namespace std::chrono_literals;

constexpr auto kStory = 45s;

}  // namespace

RoomScene::RoomScene(std::uint64_t seed, std::size_t nodes) : world_(seed) {
    for (std::size_t i = 0; i < nodes; ++i) sites_.push_back(std::make_unique<Site>(world_));
    if (!is_single()) watcher_.expect_several_servers();
    // Some stories go across a tenth minute of the wall clock, where requests that say nothing of
    // their time would be taken for new ones.
    if (seed % 4 == 0) world_.step_wall(380s);
    set_up();
}

RoomScene::~RoomScene() {
    acting_ = false;
    over_ = true;
    for (std::size_t i = 0; i < sites_.size(); ++i) {
        if (sites_[i]->server) end_server(i, false);
    }
    world_.run_for(60s);
}

std::vector<SimServer*> RoomScene::servers() const {
    std::vector<SimServer*> running;
    for (const auto& each : sites_) {
        if (each->server) running.push_back(each->server.get());
    }
    return running;
}

SimServer* RoomScene::server() {
    const auto running = servers();
    if (running.empty()) return nullptr;
    if (running.size() == 1) return running.front();
    const auto last = static_cast<std::int64_t>(running.size()) - 1;
    return running[static_cast<std::size_t>(world_.between(0, last))];
}

void RoomScene::run(net::awaitable<void> task) {
    net::co_spawn(world_.executor(), std::move(task), net::detached);
}

Principal RoomScene::somebody(const std::string& name, UserKind kind) {
    return syncwatch::somebody(disk_.data, world_, name, kind);
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

Faults RoomScene::faults(Outage* outage) {
    Faults made{world_};
    made.outage = outage;
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

    database_goes_away_ = world_.chance(50);
    playback_store_fails_ = database_goes_away_ || world_.chance(50);
    for (std::size_t i = 0; i < sites_.size(); ++i) start_server(i);
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
    if (!is_single()) plan_harm_between();
    if (database_goes_away_) plan_outages();
}

void RoomScene::start_server(std::size_t site) {
    RoomRules rules;
    rules.node = "n" + std::to_string(site + 1);
    rules.alone = is_single();
    Site& here = *sites_[site];
    SimServer::Harm harm{faults(&here.outage), faults(&here.outage), faults(nullptr)};
    if (!playback_store_fails_) harm.saving.end();
    here.server = std::make_unique<SimServer>(world_, disk_, here.spool, harm, here.clock,
                                              net_.join(site), rules);
    // All servers follow one reference, each as well as it can read it.
    if (!is_single()) here.server->time.refer(world_.wall() + world_.span_between(-2ms, 2ms));
    if (last_words_ && !clock_jumped_)
        watcher_.expect_after_restart(*std::exchange(last_words_, std::nullopt));
}

void RoomScene::opened(const std::shared_ptr<SimLink>& link, UserId user, const SimServer& to) {
    watcher_.opened(link->number(), user, to.end->number);
    links_.push_back(link);
}

/// SIGKILL: nothing more is written, nothing more is said. SIGTERM: a drain.
void RoomScene::end_server(std::size_t site, bool killed) {
    SimServer& old = *sites_[site]->server;
    old.accepting = false;
    if (killed && is_single()) remember_playback(killed);
    tally_.holds += old.metrics.holds.load();
    tally_.peer_gaps += old.metrics.peer_gaps.load();
    if (old.metrics.bad_peer_news.load() > 0) complaint_ = "a node could not read another";
    if (killed) {
        old.kill();
        for (auto& each : members_) {
            if (is_single() || each->is_on(old)) each->drop(world_.span_between(100ms, 2s), false);
        }
        std::vector<std::shared_ptr<SimLink>> its;
        for (const auto& each : links_) {
            if (const auto link = each.lock(); link && link->is_to(old)) its.push_back(link);
        }
        for (const auto& link : its) link->mute();
        for (const auto& link : its) link->die();
    }
    auto done = [this, &old, killed](const std::exception_ptr&) {
        old.ended = true;
        old.end->alive = false;
        if (!killed && is_single()) remember_playback(killed);
    };
    net::co_spawn(world_.executor(), old.shard().drain(killed ? 0ms : 500ms), std::move(done));
    graveyard_.push_back(std::move(sites_[site]->server));
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
    const auto restarts = world_.between(0, is_single() ? 2 : 4);
    for (std::int64_t i = 0; i < restarts; ++i) {
        const auto site = static_cast<std::size_t>(
            world_.between(0, static_cast<std::int64_t>(sites_.size()) - 1));
        world_.after(world_.span_between(5s, kStory), [this, site] { restart(site); });
    }
    // A state that nobody could save, and a clock that goes back: then nothing can be expected.
    if (is_single() && !database_goes_away_ && world_.chance(30)) {
        world_.after(world_.span_between(2s, kStory), [this] {
            world_.step_wall(world_.span_between(-2h, 2h));
            clock_jumped_ = true;
            watcher_.forget_last_words();
        });
    }
}

void RoomScene::restart(std::size_t site) {
    if (!sites_[site]->server || over_) return;
    end_server(site, world_.chance(60));
    ++tally_.restarts;
    const auto away =
        world_.chance(85) ? world_.span_between(200ms, 8s) : world_.span_between(61s, 90s);
    world_.after(away, [this, site] {
        if (!sites_[site]->server && !over_) start_server(site);
    });
}

/// What befalls the bus between nodes, and the clocks of some.
void RoomScene::plan_harm_between() {
    net_.harm.most_delay = world_.chance(50) ? SimWorld::Duration(2ms) : SimWorld::Duration(80ms);
    if (world_.chance(40)) net_.harm.lost_percent = 5;
    if (world_.chance(30)) net_.harm.doubled_percent = 10;
    if (world_.chance(30)) net_.harm.overtaken_percent = 5;
    const auto last = static_cast<std::int64_t>(sites_.size()) - 1;
    // A state that only a lonely node knew dies with it if it could not be saved either.
    const bool may_cut = world_.chance(60) && !database_goes_away_;
    const auto cuts = may_cut ? world_.between(1, 3) : 0;
    watcher_.expect_no_jumps(net_.harm.lost_percent == 0 && cuts == 0);
    for (std::int64_t cut = 0; cut < cuts; ++cut) {
        const auto lonely = static_cast<std::size_t>(world_.between(0, last));
        const auto began = world_.span_between(3s, kStory);
        world_.after(began, [this, lonely] {
            for (std::size_t i = 0; i < sites_.size(); ++i) {
                if (i != lonely && acting_) net_.cut(i, lonely);
            }
            ++tally_.cuts;
        });
        world_.after(began + world_.span_between(500ms, 15s),
                     [this] { net_.heal(world_.chance(50)); });
    }
    for (auto& site : sites_) {
        if (!world_.chance(30)) continue;
        world_.after(world_.span_between(0s, kStory),
                     [this, clock = &site->clock] { clock->step(world_.span_between(-60s, 60s)); });
    }
}

/// The database is away for all, or out of one site's reach.
void RoomScene::plan_outages() {
    const auto spells = world_.between(1, 3);
    const auto last = static_cast<std::int64_t>(sites_.size()) - 1;
    for (std::int64_t i = 0; i < spells; ++i) {
        const auto begins = world_.span_between(3s, kStory);
        const bool everywhere = world_.chance(70);
        const auto lonely = static_cast<std::size_t>(world_.between(0, last));
        const auto silent =
            world_.chance(40) ? world_.span_between(500ms, 8s) : SimWorld::Duration(0);
        world_.after(begins, [this, everywhere, lonely, silent] {
            ++tally_.outages;
            for (std::size_t site = 0; acting_ && site < sites_.size(); ++site) {
                if (!everywhere && site != lonely) continue;
                sites_[site]->outage.away = true;
                sites_[site]->outage.silent = silent;
            }
        });
        world_.after(begins + world_.span_between(200ms, 20s), [this] { end_outages(); });
    }
}

void RoomScene::end_outages() {
    for (auto& site : sites_) site->outage.end();
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
            for (SimServer* each : servers()) {
                each->end->local.publish(topics::kVideoChanged, video.text());
            }
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
