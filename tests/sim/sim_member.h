#pragma once
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "domain/playback/stamp.h"
#include "sim/sim_link.h"

namespace syncwatch::sim {

/// Where members find the server, and what watches them.
class Surroundings {
public:
    virtual ~Surroundings() = default;
    virtual SimWorld& world() = 0;
    /// A server that takes connections now; nullptr: none.
    virtual SimServer* server() = 0;
    virtual std::uint64_t next_link() = 0;
    virtual void opened(const std::shared_ptr<SimLink>& link, UserId user, const SimServer& to) = 0;
    virtual Watcher& watcher() = 0;
    /// Runs a coroutine beside everything.
    virtual void run(net::awaitable<void> task) = 0;
};

/// What a request came to, as the member knows it.
enum class Fate : std::uint8_t { Waiting, Acked, Refused, GivenUp };

/// A client of the room protocol that does what the protocol asks of one: resumes after a drop,
/// repeats what was not answered under the same id, keeps the greatest stamp.
class SimMember final : public LinkListener {
public:
    struct Traits {
        LineTraits line;
        /// A cut every so often; zero: never.
        SimWorld::Duration between_cuts{0};
    };
    struct Request {
        boost::json::object frame;
        Fate fate = Fate::Waiting;
        std::string code;  ///< Of a refusal.
        std::optional<std::string> message;
        Instant asked{};
        int sent = 0;  ///< Over the link that is open.
        int answered = 0;
    };

    SimMember(Surroundings& around, Principal who, RoomCode room, Traits traits);

    void join();
    /// The network is gone for a while. `new_page`: the client forgets who it was.
    void drop(SimWorld::Duration away, bool new_page);
    bool is_inside() const { return inside_; }
    bool is_final() const { return final_; }
    bool is_on(const SimServer& server) const { return link_ && link_->is_to(server); }

    /// Asks for something; it is repeated until it is answered. Gives its id.
    std::string ask(boost::json::object frame);
    void say(const boost::json::object& frame);

    const std::map<std::string, Request>& requests() const { return requests_; }
    const boost::json::object& playback() const { return playback_; }
    const boost::json::array& queue() const { return queue_; }
    const std::map<std::string, boost::json::object>& members() const { return members_; }
    /// As it came.
    const std::vector<std::string>& chat_ids() const { return chat_; }
    /// As the page shows it: by the times that were told first.
    std::vector<std::string> chat_by_time() const;
    int resumes() const { return resumes_; }
    const Principal& who() const { return who_; }
    const Traits& traits() const { return traits_; }
    /// What it found against the protocol; empty: nothing.
    const std::string& complaint() const { return complaint_; }

    void link_heard(std::uint64_t link, const std::string& text) override;
    void link_closed(std::uint64_t link, int code) override;

private:
    net::awaitable<void> connect();
    void retry();
    void lost();
    void send(Request& request);
    void heard(const boost::json::object& frame);
    void welcomed(const boost::json::object& frame);
    void take_playback(const boost::json::object& playback);
    void take_chat(const boost::json::object& message);
    void take_members(const boost::json::object& frame);
    void take_answer(const boost::json::object& frame);
    void complain(std::string what);

    Surroundings& around_;
    const Principal who_;
    const RoomCode room_;
    const Traits traits_;
    std::shared_ptr<SimLink> link_;
    std::uint64_t attempt_ = 0;
    bool inside_ = false;
    bool known_ = false;  ///< It was welcomed once on this page: it resumes.
    bool final_ = false;
    int resumes_ = 0;
    std::map<std::string, Request> requests_;
    std::vector<std::string> order_;  ///< Of requests that wait.
    boost::json::object playback_;
    std::optional<Stamp> stamp_;
    boost::json::array queue_;
    std::map<std::string, boost::json::object> members_;
    std::vector<std::string> chat_;
    std::map<std::string, std::int64_t> chat_known_;  ///< Ids, with their times.
    std::string complaint_;
};

}  // namespace syncwatch::sim
