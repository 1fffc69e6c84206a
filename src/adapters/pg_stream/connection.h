#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <libpq-fe.h>

#include "base/result.h"

namespace syncwatch::pg_stream {

/// How the server is reached over its replication protocol.
struct Access {
    /// As libpq takes it: of several hosts the one that takes writes is found.
    std::string url;
    std::function<std::string()> password = {};  ///< Asked at each connection; empty: the URL's.
    std::chrono::seconds connect_timeout{5};     ///< For each host.

    bool has_several_hosts() const { return url.find(',') != std::string::npos; }
    /// For a program, without a password.
    std::string without_password() const;
};

struct FinishConnection {
    void operator()(PGconn* connection) const { PQfinish(connection); }
};
struct ClearAnswer {
    void operator()(PGresult* answer) const { PQclear(answer); }
};
using Connection = std::unique_ptr<PGconn, FinishConnection>;
using Answer = std::unique_ptr<PGresult, ClearAnswer>;

/// What a connection is for: the replication protocol, or SQL.
enum class Speaks : std::uint8_t { Replication, Sql };

/// Blocks. Errors: Unavailable (component "backup", reason "no_server"), Forbidden (reason
/// "no_replication": pg_hba.conf or the role's rights).
Result<Connection> connect(const Access& access, Speaks language);

/// What a server said, as one of our errors; `state`: its SQLSTATE, where it named one.
Error error_of(std::string words, std::string_view state);

}  // namespace syncwatch::pg_stream
