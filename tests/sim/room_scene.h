#pragma once
#include <memory>
#include <string>
#include <vector>

#include "sim/rules_watcher.h"
#include "sim/sim_member.h"

namespace syncwatch::sim {

/// One seed's story: a room, its people on bad networks who do what people do, one server or
/// several whose dependencies fail and which are killed and restarted over the same disk, with a
/// bad bus between them; then quiet, and a look at what must be true.
class RoomScene final : public Surroundings {
public:
    explicit RoomScene(std::uint64_t seed, std::size_t nodes = 1);
    ~RoomScene() override;

    void be_talkative() { watcher_.be_talkative(); }
    /// Plays it. Empty: all is well; otherwise what was wrong.
    std::string play();
    std::uint64_t trace() const { return trace_.hash(); }
    /// What happened in it, for a look at whether a scenario does what it is for.
    struct Tally {
        std::uint64_t acked_chat = 0;
        std::uint64_t acked_controls = 0;
        std::uint64_t refused_controls = 0;
        std::uint64_t resumes = 0;
        std::uint64_t restarts = 0;
        std::uint64_t holds = 0;
        std::uint64_t cuts = 0;
        std::uint64_t peer_gaps = 0;
        std::uint64_t outages = 0;  ///< Of the database.
        std::uint64_t moved = 0;    ///< Messages that a page which is loaded anew has elsewhere.
    };
    const Tally& tally() const { return tally_; }

    SimWorld& world() override { return world_; }
    SimServer* server() override;
    std::uint64_t next_link() override { return ++links_made_; }
    void opened(const std::shared_ptr<SimLink>& link, UserId user, const SimServer& to) override;
    Watcher& watcher() override { return watcher_; }
    void run(net::awaitable<void> task) override;

private:
    /// A machine on which one server runs after the other.
    struct Site {
        explicit Site(SimWorld& world) : clock(world) {}
        SiteClock clock;
        MemoryChatSpool spool;
        Outage outage;
        std::unique_ptr<SimServer> server;
    };

    // room_scene.cpp
    void set_up();
    bool is_single() const { return sites_.size() == 1; }
    std::vector<SimServer*> servers() const;
    void start_server(std::size_t site);
    void end_server(std::size_t site, bool killed);
    Faults faults(Outage* outage);
    Principal somebody(const std::string& name, UserKind kind);
    VideoId film(UserId owner, bool whole);
    void plan_harm();
    void plan_harm_between();
    void plan_outages();
    void end_outages();
    void restart(std::size_t site);
    void remember_playback(bool killed);
    void cut_now_and_then(SimMember& member);
    void grow_films();

    // room_actors.cpp
    void live(SimMember& member);
    void act(SimMember& member);
    void act_on_queue(SimMember& member);
    void control(SimMember& member);
    void report(SimMember& member);
    static std::string random_item(SimMember& member, SimWorld& world);

    // room_checks.cpp
    void quiet_down();
    std::string check();
    std::string check_agreement();
    std::string check_host();
    std::string check_chat();
    std::string check_chat_logs();
    std::string check_requests();
    static std::size_t first_size_of(const std::vector<SimMember*>& present);

    std::vector<SimMember*> inside() const;

    SimWorld world_;
    Disk disk_;
    Trace trace_;
    RulesWatcher watcher_{world_, trace_};
    RoomCode room_;
    SimBusNet net_{world_};
    std::vector<std::unique_ptr<Site>> sites_;
    std::vector<std::unique_ptr<SimServer>> graveyard_;
    std::vector<std::weak_ptr<SimLink>> links_;
    std::uint64_t links_made_ = 0;
    std::vector<std::unique_ptr<SimMember>> members_;
    std::map<std::string, std::string>
        said_;                     ///< Text of each chat request: by whom, under what id.
    std::vector<VideoId> making_;  ///< Films that are still being transcoded.
    bool acting_ = true;
    bool over_ = false;
    bool playback_store_fails_ = false;
    bool database_goes_away_ = false;
    int texts_ = 0;
    Tally tally_;
    std::string complaint_;

    bool clock_jumped_ = false;
    std::optional<RulesWatcher::LastWords> last_words_;
};

}  // namespace syncwatch::sim
