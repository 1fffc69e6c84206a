#include <fstream>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include "apps/lab/postgres_server.h"
#include "apps/lab/process_table.h"
#include "apps/region/hands.h"
#include "apps/region/parts.h"
#include "apps/region/probe.h"

namespace syncwatch::lab {
namespace {

namespace fs = std::filesystem;

/// The lease of a leader is 20 s, the shortest that Patroni advises: a lost one is replaced in less
/// than half a minute. use_proxies: etcd would name its doors itself, past our own.
constexpr std::string_view kPatroniFile = R"(scope: lab-{region}
name: {name}
restapi:
  listen: 127.0.0.1:{rest_behind}
  connect_address: 127.0.0.1:{rest}
etcd:
  hosts: [{etcd}]
  use_proxies: true
bootstrap:
  dcs:
    ttl: 20
    loop_wait: 5
    retry_timeout: 7
    primary_start_timeout: 10
    postgresql:
      use_pg_rewind: true
      use_slots: true
      parameters:
        max_connections: 200
        wal_log_hints: "on"
        log_min_messages: warning
  initdb:
    - encoding: UTF8
    - locale: C.UTF-8
    - data-checksums
    - no-sync
  post_bootstrap: >-
    {programs}/psql -X -q -v ON_ERROR_STOP=1 -c "CREATE ROLE syncwatch LOGIN"
    -c "CREATE DATABASE syncwatch OWNER syncwatch" -d
postgresql:
  listen: 127.0.0.1:{port_behind}
  connect_address: 127.0.0.1:{port}
  use_unix_socket: true
  bin_dir: {programs}
  data_dir: {folder}/data
  pgpass: {folder}/pgpass
  authentication:
    superuser:
      username: postgres
    replication:
      username: replicator
  parameters:
    unix_socket_directories: {folder}
  basebackup:
    - checkpoint: fast
  pg_hba:
    - local all all trust
    - host all all 127.0.0.1/32 trust
    - host replication all 127.0.0.1/32 trust
)";

/// Patroni starts PostgreSQL in a session of its own, where it goes on when Patroni is killed. Its
/// file may be older than the machine's last start: only a PostgreSQL that works in this folder.
std::vector<pid_t> postmaster_in(const fs::path& data) {
    pid_t pid = 0;
    std::ifstream(data / "postmaster.pid") >> pid;
    if (pid <= 0) return {};
    std::error_code failed;
    const fs::path works_in = fs::read_symlink(fmt::format("/proc/{}/cwd", pid), failed);
    if (failed || works_in != data) return {};
    return {pid};
}

/// A postmaster that was killed keeps its number until somebody reaps it; PostgreSQL takes it for
/// another one that runs.
void forget_ended_postmaster(const fs::path& data) {
    pid_t pid = 0;
    std::ifstream(data / "postmaster.pid") >> pid;
    const auto facts = pid > 0 ? process_facts(pid) : std::nullopt;
    if (!facts || !facts->ended()) return;
    std::error_code failed;
    fs::remove(data / "postmaster.pid", failed);
}

Result<std::string> postgres_role(std::uint16_t rest_port) {
    SW_TRY(const auto said, get(rest_port, "/health"));
    boost::system::error_code failed;
    const auto facts = boost::json::parse(said.body, failed);
    const auto word = [&](const char* name) {
        const auto* object = failed ? nullptr : facts.if_object();
        const auto* found = object == nullptr ? nullptr : object->if_contains(name);
        return found != nullptr && found->is_string() ? std::string(found->as_string())
                                                      : std::string();
    };
    if (said.status != 200) {
        const std::string state = word("state");
        return fail(ErrorCode::Unavailable,
                    state.empty() ? "PostgreSQL does not run" : "PostgreSQL is " + state);
    }
    return word("role") == "replica" ? "replica" : "primary";
}

}  // namespace

std::string database_url(const Place& place, std::string_view user, std::string_view database) {
    return fmt::format("postgres://{}@127.0.0.1:{},127.0.0.1:{}/{}", user, place.ports.postgres(1),
                       place.ports.postgres(2), database);
}

std::string patroni_configuration(const Place& place, unsigned number,
                                  const std::string& programs) {
    const std::string part = fmt::format("pg-{}", number);
    std::string etcd;
    for (unsigned each = 1; each <= 3; ++each) {
        etcd += fmt::format("{}\"127.0.0.1:{}\"", etcd.empty() ? "" : ", ",
                            place.ports.etcd_of(number, each));
    }
    const std::uint16_t port = place.ports.postgres(number);
    const std::uint16_t rest = place.ports.patroni(number);
    return fmt::format(kPatroniFile, fmt::arg("region", place.options.region),
                       fmt::arg("name", place.name(part)), fmt::arg("rest", rest),
                       fmt::arg("rest_behind", PortPlan::behind(rest)), fmt::arg("etcd", etcd),
                       fmt::arg("programs", programs), fmt::arg("port", port),
                       fmt::arg("port_behind", PortPlan::behind(port)),
                       fmt::arg("folder", place.of(part).string()));
}

Part postgres_part(const Place& place, unsigned number) {
    const std::uint16_t port = place.ports.postgres(number);
    const std::uint16_t rest = place.ports.patroni(number);
    Part part;
    part.name = fmt::format("pg-{}", number);
    part.what = "PostgreSQL under Patroni";
    part.address = fmt::format("postgres://postgres@127.0.0.1:{}", port);
    part.needs = {"etcd-1", "etcd-2", "etcd-3"};
    // The first is whom the other copies; later either may be the one that the other waits for.
    std::error_code failed;
    const bool made = fs::exists(place.of("pg-1") / "data" / "PG_VERSION", failed);
    if (number > 1 && !made) part.needs.emplace_back("pg-1");
    part.ports = {PortPlan::behind(port), PortPlan::behind(rest)};
    part.pipes = {{port, PortPlan::behind(port)}, {rest, PortPlan::behind(rest)}};
    for (unsigned each = 1; each <= 3; ++each) {
        part.pipes.push_back({place.ports.etcd_of(number, each), place.ports.etcd(each)});
    }
    const fs::path data = place.of(part.name) / "data";
    part.start = [place, number, data](Hands& hands) -> Result<> {
        SW_TRY(const fs::path programs, postgres_programs());
        forget_ended_postmaster(data);
        SW_CHECK(
            hands.write("patroni.yml", patroni_configuration(place, number, programs.string())));
        return hands.server("server", {"patroni", "patroni.yml"});
    };
    part.look = [rest] { return postgres_role(rest); };
    part.strays = [data] { return postmaster_in(data); };
    return part;
}

}  // namespace syncwatch::lab
