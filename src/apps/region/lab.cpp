#include "apps/region/lab.h"

#include <algorithm>
#include <future>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "apps/lab/process_table.h"
#include "apps/region/parts.h"

namespace syncwatch::lab {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

/// Held as long as a command changes the lab. Errors: Conflict, Unavailable.
Result<UniqueFd> take_lock(const fs::path& folder) {
    UniqueFd fd(::open((folder / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!fd) return fail_unavailable("lab", folder.string() + " cannot be written", 1s);
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) == 0) return fd;
    return fail(ErrorCode::Conflict,
                fmt::format("another command is changing the lab in {}", folder.string()),
                "lab_in_use");
}

/// Servers run as somebody else when we are root: they have to get to their folders. Errors:
/// Forbidden, Unavailable.
Result<> make_region_folder(const fs::path& folder) {
    std::error_code failed;
    std::vector<fs::path> made;
    for (fs::path each = folder; !fs::exists(each, failed); each = each.parent_path()) {
        made.push_back(each);
    }
    fs::create_directories(folder, failed);
    for (const auto& each : made) ::chmod(each.c_str(), 0711);
    if (failed) {
        return fail_unavailable(
            "lab", fmt::format("{} cannot be made: {}", folder.string(), failed.message()), 1s);
    }
    Launch trial;
    trial.command = {"true"};
    trial.folder = folder;
    trial.log = folder / "trial.log";
    const bool entered = run_tool(trial, 10s).has_value();
    fs::remove(trial.log, failed);
    if (entered) return {};
    for (const auto& each : made) fs::remove(each, failed);
    return fail(ErrorCode::Forbidden,
                fmt::format("root's servers run as nobody, who may not enter {}", folder.string()),
                "lab_folder");
}

}  // namespace

std::string_view text(Standing standing) {
    switch (standing) {
        case Standing::Absent: return "not started";
        case Standing::Dead: return "dead";
        case Standing::Hanging: return "hangs";
        case Standing::Cut: return "cut off";
        case Standing::Ailing: return "ailing";
        case Standing::Healthy: return "healthy";
    }
    return "";
}

Lab::Lab(Place place, LabState state, UniqueFd lock)
    : place_(std::move(place)), lock_(std::move(lock)), state_(std::move(state)) {}

Result<std::unique_ptr<Lab>> Lab::open(fs::path folder, Use use) {
    SW_TRY(auto state, LabState::load(folder / "lab.json"));
    if (!state) {
        return fail(ErrorCode::NotFound, fmt::format("there is no lab in {}", folder.string()),
                    "no_lab");
    }
    UniqueFd lock;
    if (use == Use::Change) {
        SW_TRY(lock, take_lock(folder));
    }
    SW_TRY(Place place, Place::make(state->options, std::move(folder)));
    std::unique_ptr<Lab> lab(new Lab(std::move(place), *std::move(state), std::move(lock)));
    SW_TRY(lab->parts_, parts_of(lab->place_));
    return lab;
}

Result<std::unique_ptr<Lab>> Lab::make(const fs::path& folder, const LabWishes& wishes) {
    SW_TRY(auto kept, LabState::load(folder / "lab.json"));
    LabState state = kept.value_or(LabState());
    const LabOptions before = state.options;
    state.options = wishes.applied_to(before);
    if (kept &&
        (state.options.base_port != before.base_port || state.options.objects != before.objects)) {
        return fail(ErrorCode::Conflict,
                    fmt::format("the lab in {} was made with --base-port {} --objects {}",
                                folder.string(), before.base_port, text(before.objects)),
                    "lab_differs");
    }
    SW_TRY(Place place, Place::make(state.options, folder));
    SW_CHECK(make_region_folder(folder));
    SW_TRY(UniqueFd lock, take_lock(folder));
    std::unique_ptr<Lab> lab(new Lab(std::move(place), std::move(state), std::move(lock)));
    SW_TRY(lab->parts_, parts_of(lab->place_));
    if (kept) SW_CHECK(lab->change_from(before));
    SW_CHECK(lab->state_.save(lab->state_file()));
    return lab;
}

Result<> Lab::change_from(const LabOptions& before) {
    const LabOptions& now = place_.options;
    // Whether nodes prepare films is in their configuration, and who is a node in the site's.
    const bool other_work = (now.workers == 0) != (before.workers == 0);
    SW_CHECK(end_beyond("node", other_work ? 0 : now.nodes, before.nodes));
    SW_CHECK(end_beyond("worker", now.workers, before.workers));
    const Part* site = find("site");
    if (now.nodes != before.nodes && site != nullptr) SW_CHECK(end(*site));
    return {};
}

Result<> Lab::end_beyond(std::string_view kind, unsigned wanted, unsigned before) {
    for (unsigned each = wanted + 1; each <= before; ++each) {
        Part surplus;
        surplus.name = fmt::format("{}-{}", kind, each);
        SW_CHECK(end(surplus));
    }
    return {};
}

const Part* Lab::find(std::string_view name) const {
    const auto found = std::ranges::find(parts_, name, &Part::name);
    return found == parts_.end() ? nullptr : &*found;
}

Crew Lab::crew(const Part& part) const {
    const std::lock_guard lock(mutex_);
    const auto found = state_.parts.find(part.name);
    return {part, found == state_.parts.end() ? std::vector<ProcessRecord>() : found->second};
}

Survey Lab::look_at(const Part& part) const {
    const Crew crew = this->crew(part);
    if (crew.records().empty()) return {Standing::Absent, {}};
    if (!crew.serves()) {
        const std::string lost = crew.lost();
        return {Standing::Dead,
                lost.empty() ? "its start did not finish" : "its " + lost + " ended"};
    }
    if (!part.pipes.empty() && !crew.has_door()) return {Standing::Dead, "its door ended"};
    if (crew.hangs()) return {Standing::Hanging, {}};
    if (crew.is_cut()) return {Standing::Cut, {}};
    const auto said = part.look();
    if (said) return {Standing::Healthy, *said};
    return {Standing::Ailing, said.error().message};
}

std::vector<Survey> Lab::look_at_all() const {
    std::vector<std::future<Survey>> asked;
    for (const Part& part : parts_) {
        asked.push_back(std::async(std::launch::async, [this, &part] { return look_at(part); }));
    }
    std::vector<Survey> found;
    for (auto& each : asked) found.push_back(each.get());
    return found;
}

Hands Lab::hands(const Part& part) {
    return {place_.of(part.name), [this, name = part.name](const std::string& role, pid_t pid) {
                return remember(name, role, pid);
            }};
}

Result<> Lab::remember(const std::string& part, const std::string& role, pid_t pid) {
    const auto facts = process_facts(pid);
    const std::lock_guard lock(mutex_);
    state_.parts[part].push_back({role, pid, facts ? facts->started : 0});
    return state_.save(state_file());
}

Result<> Lab::forget(const std::string& part) {
    const std::lock_guard lock(mutex_);
    state_.parts.erase(part);
    return state_.save(state_file());
}

Result<> Lab::start_door(const Part& part, const Hands& hands) {
    if (part.pipes.empty()) return {};
    SW_CHECK(hands.write("door.cfg", door_configuration(part.pipes)));
    return hands.server(std::string(kDoor), {"haproxy", "-db", "-f", "door.cfg"});
}

Result<> Lab::start(const Part& part) {
    SW_CHECK(end(part));
    Hands hands = this->hands(part);
    SW_CHECK(hands.make_folder());
    SW_CHECK(start_door(part, hands));
    return part.start(hands);
}

Result<> Lab::settle(const Part& part) {
    if (!part.settle) return {};
    Hands hands = this->hands(part);
    return part.settle(hands);
}

Result<> Lab::end(const Part& part) {
    crew(part).end();
    return forget(part.name);
}

Result<> Lab::end_all(const std::function<void(const Part&)>& ending) {
    std::vector<const Part*> left;
    for (const Part& each : parts_) left.push_back(&each);
    while (!left.empty()) {
        // Those that nobody needs who is still there.
        std::vector<const Part*> now;
        std::ranges::copy_if(left, std::back_inserter(now), [&](const Part* part) {
            return std::ranges::none_of(left, [&](const Part* other) {
                return std::ranges::find(other->needs, part->name) != other->needs.end();
            });
        });
        std::vector<std::future<Result<>>> asked;
        for (const Part* each : now) {
            std::erase(left, each);
            if (crew(*each).any()) ending(*each);
            asked.push_back(std::async(std::launch::async, [this, each] { return end(*each); }));
        }
        Result<> all;
        for (auto& each : asked) {
            if (auto ended = each.get(); !ended) all = std::move(ended);
        }
        SW_CHECK(all);
    }
    return {};
}

}  // namespace syncwatch::lab
