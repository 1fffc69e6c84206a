#pragma once
#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "adapters/pgbackrest/engine.h"

namespace syncwatch::pgbackrest {

/// Where a question goes.
struct Door {
    std::filesystem::path socket;
    std::uint16_t port = 5432;
    std::string user;
    std::string database;
};

/// One row's columns each, as psql prints them: asked as the user that the server belongs to, whom
/// it knows by that alone. Errors: Unavailable (component "backup"; reason "no_server"), Timeout.
Async<std::vector<std::vector<std::string>>> ask_server(const Engine& engine, Door door,
                                                        std::string sql,
                                                        std::chrono::milliseconds deadline);

}  // namespace syncwatch::pgbackrest
