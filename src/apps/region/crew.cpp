#include "apps/region/crew.h"

#include <algorithm>
#include <csignal>

#include <sys/wait.h>

#include "apps/lab/process_table.h"
#include "apps/lab/wait.h"

namespace syncwatch::lab {
namespace {

using namespace std::chrono_literals;

constexpr auto kKilledWithin = 10s;

bool is_there(pid_t pid) {
    // Ours to reap where this command started it; whoever reaps orphans does the others.
    ::waitpid(pid, nullptr, WNOHANG);
    const auto facts = process_facts(pid);
    return facts && !facts->ended();
}

bool is_there(const ProcessRecord& record) {
    const auto facts = process_facts(record.pid);
    return facts && facts->started == record.started && is_there(record.pid);
}

bool is_stopped(const ProcessRecord& record) {
    const auto facts = process_facts(record.pid);
    return facts && facts->started == record.started && facts->stopped();
}

bool gone_within(std::chrono::milliseconds patience, const std::vector<pid_t>& pids) {
    const auto gone = [&] {
        return std::ranges::none_of(pids, [](pid_t each) { return is_there(each); });
    };
    return wait_until(gone, patience, 10ms);
}

void signal_all(const std::vector<pid_t>& pids, int signal) {
    for (const pid_t each : pids) ::kill(each, signal);
}

bool is_server(const ProcessRecord& record) {
    return record.role != kDoor;
}

}  // namespace

bool Crew::any() const {
    return has_door() || !everybody().empty();
}

bool Crew::serves() const {
    return std::ranges::any_of(records_, is_server) && lost().empty();
}

std::string Crew::lost() const {
    for (const auto& each : records_) {
        if (is_server(each) && !is_there(each)) return each.role;
    }
    return {};
}

bool Crew::hangs() const {
    return std::ranges::any_of(
        records_, [](const auto& each) { return is_server(each) && is_stopped(each); });
}

const ProcessRecord* Crew::door() const {
    const auto found = std::ranges::find(records_, kDoor, &ProcessRecord::role);
    return found == records_.end() || !is_there(*found) ? nullptr : &*found;
}

bool Crew::has_door() const {
    return door() != nullptr;
}

bool Crew::is_cut() const {
    return door() != nullptr && is_stopped(*door());
}

std::vector<pid_t> Crew::servers() const {
    std::vector<pid_t> found;
    for (const auto& each : records_) {
        if (is_server(each) && is_there(each)) found.push_back(each.pid);
    }
    return found;
}

std::vector<pid_t> Crew::everybody() const {
    std::vector<pid_t> roots = servers();
    if (part_.strays) std::ranges::copy(part_.strays(), std::back_inserter(roots));
    std::vector<pid_t> found;
    for (const pid_t root : roots) std::ranges::copy(family_of(root), std::back_inserter(found));
    return found;
}

void Crew::hang() const {
    signal_all(everybody(), SIGSTOP);
}

void Crew::cut() const {
    if (const ProcessRecord* found = door()) ::kill(found->pid, SIGSTOP);
}

void Crew::wake() const {
    if (hangs()) signal_all(everybody(), SIGCONT);
    if (is_cut()) ::kill(door()->pid, SIGCONT);
}

void Crew::kill() const {
    auto all = everybody();
    if (const ProcessRecord* found = door()) all.push_back(found->pid);
    signal_all(all, SIGKILL);
    (void)gone_within(kKilledWithin, all);
}

void Crew::end() const {
    wake();
    // The last that was started first: a gateway waits for the store behind it when it ends.
    std::vector<pid_t> asked = servers();
    std::ranges::reverse(asked);
    for (const pid_t each : asked) {
        ::kill(each, SIGTERM);
        if (!gone_within(part_.ends_within, {each})) break;
    }
    kill();
}

}  // namespace syncwatch::lab
