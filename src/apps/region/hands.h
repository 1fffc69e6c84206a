#pragma once
#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "apps/lab/server_process.h"
#include "base/result.h"

namespace syncwatch::lab {

/// With what a part gets itself going, in its own folder: it writes files, runs tools and starts
/// servers. What it starts is remembered at once, so that none is lost when we end half way.
class Hands {
public:
    using Command = std::vector<std::string>;
    /// Told of each server: its role and process.
    using Remember = std::function<Result<>(const std::string& role, pid_t pid)>;

    Hands(std::filesystem::path folder, Remember remember)
        : folder_(std::move(folder)), remember_(std::move(remember)) {}

    const std::filesystem::path& folder() const { return folder_; }
    /// Makes the folder, for whom servers run as. Errors: Unavailable, Forbidden.
    Result<> make_folder() const;
    /// Errors: Unavailable, Forbidden.
    Result<> write(const std::string& file, const std::string& text) const;
    bool has(const std::string& file) const;
    /// Runs a tool to its end. Errors: those of run_tool().
    Result<> tool(Command command) const;
    /// Starts a server that lives on without us. Errors: Unavailable.
    Result<> server(const std::string& role, Command command) const;

private:
    Launch launch(Command command, const std::string& log) const;

    std::filesystem::path folder_;
    Remember remember_;
};

/// The last line that was said in a log and is worth reading; empty: none.
std::string last_line(const std::filesystem::path& log);

}  // namespace syncwatch::lab
