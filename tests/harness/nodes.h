#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "apps/lab/postgres_server.h"
#include "apps/lab/redis_server.h"
#include "harness/http_client.h"
#include "harness/process.h"
#include "harness/temp_folder.h"

namespace syncwatch::harness {

/// Nodes by their names, each a process of its own, and the servers that they share. A test kills
/// any of them, and starts it again.
class Nodes {
public:
    struct Shared {
        bool redis = true;   ///< Without: PostgreSQL is their bus, too.
        bool films = false;  ///< In the test program's S3 store. Without: each has its own.
        std::vector<std::string> arguments = {};  ///< Of every node.
    };

    Nodes() : Nodes(Shared()) {}
    explicit Nodes(Shared shared);

    /// Returns when it answers. Its own arguments stand behind the shared ones: the last one
    /// counts.
    void start(const std::string& name, Server::Options more);
    void start(const std::string& name, std::vector<std::string> more = {});
    Server& node(const std::string& name) { return *nodes_.at(name); }
    std::uint16_t port(const std::string& name) { return node(name).port(); }
    /// A client of that node, as nobody.
    HttpClient at(const std::string& name) { return HttpClient(port(name)); }

    /// What its health says of a part of it.
    boost::json::value component(const std::string& name, const std::string& part);
    /// The value of a sample of its metrics; -1: it has none.
    double sample(const std::string& name, const std::string& metric);
    /// Whether this line, name and value, stands in its metrics.
    bool has(const std::string& name, const std::string& sample);
    /// Whether it has that soon.
    bool becomes(const std::string& name, const std::string& sample);

    lab::PostgresServer& postgres() { return *postgres_; }
    lab::RedisServer& redis() { return *redis_; }
    /// Where they keep their films; empty: they do not share any.
    const std::string& objects() const { return objects_; }
    /// Nodes have their data in folders of their names, PostgreSQL and Redis in theirs; there is
    /// room for files of the test's own.
    const std::filesystem::path& folder() const { return folder_.path(); }

private:
    const TempFolder folder_;
    std::unique_ptr<lab::PostgresServer> postgres_;
    std::unique_ptr<lab::RedisServer> redis_;
    std::string objects_;
    std::vector<std::string> arguments_;
    std::map<std::string, std::unique_ptr<Server>> nodes_;
};

}  // namespace syncwatch::harness
