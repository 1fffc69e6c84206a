#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include <sys/types.h>

namespace syncwatch::lab {

/// One line of the kernel's list of processes (proc(5), "stat").
struct ProcessFacts {
    pid_t pid = 0;
    pid_t parent = 0;
    char state = '?';  ///< 'T': stopped by a signal; 'Z': ended, and nobody reaped it yet.
    std::uint64_t started =
        0;  ///< Ticks from the machine's start: tells who had this number before.

    bool ended() const { return state == 'Z' || state == 'X'; }
    bool stopped() const { return state == 'T'; }
};

/// nullopt: there is no such process.
std::optional<ProcessFacts> process_facts(pid_t pid);

/// The process and all that descend from it, parents first.
std::vector<pid_t> family_of(pid_t pid);

/// To the process and all that descend from it: PostgreSQL's children make sessions of their own,
/// so that a process group does not reach them.
void signal_family(pid_t pid, int signal);

}  // namespace syncwatch::lab
