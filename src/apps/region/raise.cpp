#include "apps/region/raise.h"

#include <algorithm>
#include <future>
#include <map>

#include <fmt/format.h>

#include "apps/lab/ports.h"
#include "apps/lab/wait.h"

namespace syncwatch::lab {
namespace {

using namespace std::chrono_literals;

constexpr auto kHealthyWithin = 60s;
/// A server that was killed counts as ended before the last of its threads has let go of its ports.
constexpr auto kPortsFreeWithin = 5s;

/// Waits until it answers as it should. Errors: Timeout, Unavailable (it ended meanwhile).
Result<> wait_for_health(const Lab& lab, const Part& part) {
    Survey survey;
    const auto settled = [&] {
        survey = lab.look_at(part);
        return survey.standing == Standing::Healthy || survey.standing == Standing::Dead;
    };
    (void)wait_until(settled, kHealthyWithin, 50ms);
    if (survey.standing == Standing::Healthy) return {};
    if (survey.standing != Standing::Dead) return fail(ErrorCode::Timeout, survey.remark);
    std::string lost = lab.crew(part).lost();
    if (lost.empty()) lost = kDoor;
    return fail(ErrorCode::Unavailable,
                fmt::format("{}: {}", survey.remark,
                            last_line(lab.place().of(part.name) / (lost + ".log"))));
}

Result<> raise_one(Lab& lab, const Part& part) {
    const Crew crew = lab.crew(part);
    crew.wake();
    const bool runs = crew.serves() && (part.pipes.empty() || crew.has_door());
    if (!runs) SW_CHECK(lab.start(part));
    SW_CHECK(wait_for_health(lab, part));
    return lab.settle(part);
}

/// The ports that others reach it at, and its own.
std::vector<std::uint16_t> ports_of(const Part& part) {
    std::vector<std::uint16_t> all = part.ports;
    for (const Pipe& each : part.pipes) all.push_back(each.from);
    return all;
}

}  // namespace

Result<> check_ports(const Lab& lab, const std::vector<const Part*>& parts) {
    for (const Part* part : parts) {
        if (lab.crew(*part).any()) continue;
        for (const std::uint16_t port : ports_of(*part)) {
            if (wait_until([port] { return is_free(port); }, kPortsFreeWithin)) continue;
            return fail(ErrorCode::Conflict,
                        fmt::format("port {} is taken, and {} needs it", port, part->name),
                        "lab_port_taken");
        }
    }
    return {};
}

std::vector<Trouble> raise(Lab& lab, const std::vector<const Part*>& parts, Board& board) {
    using Done = std::shared_future<bool>;
    std::map<std::string, std::promise<bool>> ends;
    std::map<std::string, Done> healthy;
    for (const Part* part : parts) healthy[part->name] = ends[part->name].get_future().share();
    std::mutex mutex;
    std::vector<Trouble> troubles;
    std::vector<std::future<void>> work;
    for (const Part* part : parts) {
        auto one = [&, part] {
            Result<> done;
            for (const std::string& need : part->needs) {
                const auto found = healthy.find(need);
                if (found == healthy.end() || found->second.get()) continue;
                done = fail(ErrorCode::Unavailable, fmt::format("{} is not healthy", need));
            }
            board.begins(part->name);
            if (done) done = raise_one(lab, *part);
            board.ends(part->name, done.has_value());
            if (!done) {
                const std::lock_guard lock(mutex);
                troubles.push_back({part->name, done.error().message});
            }
            ends.at(part->name).set_value(done.has_value());
        };
        work.push_back(std::async(std::launch::async, one));
    }
    for (auto& each : work) each.get();
    return troubles;
}

}  // namespace syncwatch::lab
