#include "apps/region/hands.h"

#include <fstream>
#include <system_error>

#include <fmt/format.h>

namespace syncwatch::lab {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr auto kToolPatience = 60s;  ///< Machines are busy when everything starts at once.

}  // namespace

Launch Hands::launch(Command command, const std::string& log) const {
    Launch made;
    made.command = std::move(command);
    made.folder = folder_;
    made.log = folder_ / (log + ".log");
    return made;
}

Result<> Hands::make_folder() const {
    std::error_code failed;
    const bool made = fs::create_directories(folder_, failed);
    if (failed) {
        return fail_unavailable(
            "lab", fmt::format("{} cannot be made: {}", folder_.string(), failed.message()), 1s);
    }
    return made ? hand_over(folder_) : Result<>();
}

Result<> Hands::write(const std::string& file, const std::string& text) const {
    const fs::path path = folder_ / file;
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out << text;
    out.close();
    if (!out) return fail_unavailable("lab", path.string() + " cannot be written", 1s);
    return hand_over(path);
}

bool Hands::has(const std::string& file) const {
    std::error_code failed;
    return fs::exists(folder_ / file, failed);
}

Result<> Hands::tool(Command command) const {
    return run_tool(launch(std::move(command), "tools"), kToolPatience);
}

Result<> Hands::server(const std::string& role, Command command) const {
    Launch server = launch(std::move(command), role);
    server.life = Life::Own;
    SW_TRY(const pid_t pid, lab::start(server));
    return remember_(role, pid);
}

std::string last_line(const fs::path& log) {
    std::ifstream in(log);
    std::string last;
    for (std::string line; std::getline(in, line);) {
        if (line.find_first_not_of(" \t\r") != std::string::npos) last = line;
    }
    constexpr std::size_t kMost = 200;
    return last.substr(0, kMost);
}

}  // namespace syncwatch::lab
