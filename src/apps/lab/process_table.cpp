#include "apps/lab/process_table.h"

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

namespace syncwatch::lab {
namespace {

std::multimap<pid_t, pid_t> children_by_parent() {
    std::multimap<pid_t, pid_t> children;
    std::error_code failed;
    for (const auto& each : std::filesystem::directory_iterator("/proc", failed)) {
        const pid_t pid = std::atoi(each.path().filename().c_str());
        if (pid <= 0) continue;
        if (const auto facts = process_facts(pid)) children.emplace(facts->parent, pid);
    }
    return children;
}

}  // namespace

std::optional<ProcessFacts> process_facts(pid_t pid) {
    constexpr int kFieldsToStart = 17;  ///< Between the parent and the start.
    std::ifstream in("/proc/" + std::to_string(pid) + "/stat");
    // Fails, and does not throw as an iterator over the buffer does, where the process has ended
    // since the file was opened.
    std::string line;
    std::getline(in, line, '\0');
    // The name in brackets may hold anything.
    const std::size_t name_end = line.rfind(") ");
    if (name_end == std::string::npos) return std::nullopt;
    std::istringstream fields(line.substr(name_end + 2));
    ProcessFacts facts;
    facts.pid = pid;
    fields >> facts.state >> facts.parent;
    std::string skipped;
    for (int i = 0; i < kFieldsToStart; ++i) fields >> skipped;
    fields >> facts.started;
    if (!fields) return std::nullopt;
    return facts;
}

std::vector<pid_t> family_of(pid_t pid) {
    const auto children = children_by_parent();
    std::vector<pid_t> family{pid};
    for (std::size_t i = 0; i < family.size(); ++i) {
        const auto [first, last] = children.equal_range(family[i]);
        for (auto child = first; child != last; ++child) family.push_back(child->second);
    }
    return family;
}

void signal_family(pid_t pid, int signal) {
    // First the one that would start others.
    ::kill(pid, signal);
    for (const pid_t each : family_of(pid)) ::kill(each, signal);
}

}  // namespace syncwatch::lab
