#pragma once
#include <map>
#include <set>
#include <string>
#include <tuple>

#include <boost/json/object.hpp>

#include "base/uuid.h"
#include "domain/playback/stamp.h"
#include "domain/room/room.h"
#include "ports/playback_store.h"
#include "sim/sim_link.h"

namespace syncwatch::sim {

/// Stands on the server's side of every line and checks, as frames are read, that nobody has an
/// effect they may not have: by what the same server told the same line of roles and hosts.
class RulesWatcher final : public Watcher {
public:
    RulesWatcher(const SimWorld& world, Trace& trace) : world_(world), trace_(trace) {}

    /// Prints every frame as the server reads and says it.
    void be_talkative() { talkative_ = true; }

    /// `life`: of the server that it leads to.
    void opened(std::uint64_t link, UserId user, std::uint64_t life) {
        lines_[link].user = user.text();
        lines_[link].life = life;
    }
    void reading(std::uint64_t link, const std::string& text) override;
    void read(std::uint64_t link) override;
    void said(std::uint64_t link, std::string_view text) override;

    /// Members have several servers: what two of them say may cross.
    void expect_several_servers() { several_ = true; }
    /// The room itself never moves the film of a viewer by more than a hold does.
    void expect_no_jumps(bool expected) { no_jumps_ = expected; }

    /// The newest state of the film that was told.
    struct Told {
        Stamp stamp;
        bool by_somebody = false;
        Instant when{};
    };
    const std::optional<Told>& last_state() const { return last_state_; }
    /// What a server was sure of when it ended: the next one goes on from it.
    struct LastWords {
        SavedPlayback saved;
        Instant ended{};
        Instant began_again{};
        double duration = 0;  ///< Of the film that was on; zero: nothing was.
    };
    void expect_after_restart(LastWords words) {
        expected_ = std::move(words);
        expected_->began_again = world_.now();
        last_state_.reset();
    }
    /// The clock jumped: nobody can say where the film should be after a restart.
    void forget_last_words() { expected_.reset(); }

    const std::string& complaint() const { return complaint_; }
    std::uint64_t controls_refused() const { return refused_; }
    std::uint64_t controls_done() const { return done_; }

private:
    struct Line {
        std::string user;
        std::uint64_t life = 0;
        std::string control;  ///< The room's policy.
        std::map<std::string, boost::json::object> members;
        std::optional<Playback> last;  ///< The newest state that was told.
        Instant welcomed{};
        std::map<ItemId, double> playable;  ///< How much there is of each film, seconds.
    };
    /// The request that is being read.
    struct Reading {
        std::uint64_t link = 0;
        std::string id;
        bool may = true;
        bool repeated = false;
        bool acked = false;
        bool changed_playback = false;  ///< A state by this very member was told.
    };

    bool may_control(const Line& line) const;
    void take_state(const boost::json::value& playback, Line& line);
    void take_queue(const boost::json::array& queue, Line& line);
    void compare(const Playback& after, const Playback& before, const Line& line);
    void compare_with_last_words(const boost::json::value& welcome);
    void complain(std::string what);
    void tell(std::uint64_t link, const char* arrow, std::string_view frame);

    const SimWorld& world_;
    Trace& trace_;
    bool talkative_ = false;
    bool several_ = false;
    bool no_jumps_ = false;
    std::map<std::uint64_t, Line> lines_;
    /// Requests that were done: by the life of the server, who asked, and the id.
    std::set<std::tuple<std::uint64_t, std::string, std::string>> acked_;
    std::optional<Reading> reading_;
    std::optional<Told> last_state_;
    std::optional<LastWords> expected_;
    std::string complaint_;
    std::uint64_t refused_ = 0;
    std::uint64_t done_ = 0;
};

}  // namespace syncwatch::sim
