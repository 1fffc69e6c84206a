#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace syncwatch::postgres {

/// How to reach PostgreSQL.
struct Settings {
    /// As libpq takes it: "postgres://user@host1,host2/database" with any of its parameters
    /// (PostgreSQL documentation, "Connection Strings"). Of several hosts the one that takes
    /// writes is looked for.
    std::string url;
    /// Asked at each new connection, so that a changed password needs no restart; empty: the URL's,
    /// or none.
    std::function<std::string()> password = {};
    std::string application_name = "syncwatch";  ///< In pg_stat_activity.
    std::chrono::seconds connect_timeout{2};     ///< For each host. At least two (libpq).
    /// For one statement, on both ends: a server that accepts and says nothing is given up.
    std::chrono::milliseconds statement_timeout{4000};
};

/// Whether libpq takes this as a URL of PostgreSQL ("postgres://…" or "postgresql://…").
bool is_url(std::string_view text);

/// The database that it names; where it names none, libpq takes the role's name. Errors:
/// InvalidInput.
Result<std::string> database_in(const std::string& url);

/// The same role and database of another server, by its socket in this folder. Errors:
/// InvalidInput.
Result<std::string> url_at_socket(const std::string& url, const std::filesystem::path& socket,
                                  std::uint16_t port);

}  // namespace syncwatch::postgres
