#include "adapters/system/process_facts.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include <unistd.h>

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

std::string contents(const char* file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// Fields of /proc/self/stat behind the name of the program, which may hold anything (proc(5)).
std::vector<std::string> stat_fields() {
    const std::string line = contents("/proc/self/stat");
    const std::size_t end = line.rfind(')');
    if (end == std::string::npos) return {};
    std::istringstream rest(line.substr(end + 1));
    return {std::istream_iterator<std::string>(rest), std::istream_iterator<std::string>()};
}

/// When the machine started, in seconds since the Unix epoch.
double boot_time() {
    const std::string stat = contents("/proc/stat");
    const std::size_t at = stat.find("\nbtime ");
    return at == std::string::npos ? 0 : std::stod(stat.substr(at + 7));
}

}  // namespace

Result<ProcessFacts> process_facts() {
    // Numbered from 3 in proc(5), where the state is the third.
    constexpr std::size_t kUser = 14 - 3;
    constexpr std::size_t kSystem = 15 - 3;
    constexpr std::size_t kThreads = 20 - 3;
    constexpr std::size_t kStart = 22 - 3;
    constexpr std::size_t kResident = 24 - 3;
    const auto fields = stat_fields();
    if (fields.size() <= kResident) return fail_unavailable("proc", "no /proc/self/stat", 5s);
    const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
    ProcessFacts facts;
    facts.cpu_seconds = (std::stod(fields[kUser]) + std::stod(fields[kSystem])) / ticks;
    facts.threads = std::stoull(fields[kThreads]);
    facts.resident_bytes =
        std::stoull(fields[kResident]) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    facts.started_at = boot_time() + std::stod(fields[kStart]) / ticks;
    std::error_code failed;
    for (std::filesystem::directory_iterator it("/proc/self/fd", failed), end; !failed && it != end;
         it.increment(failed)) {
        ++facts.open_files;
    }
    return facts;
}

}  // namespace syncwatch
