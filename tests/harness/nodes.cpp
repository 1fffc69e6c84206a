#include "harness/nodes.h"

#include "harness/eventually.h"
#include "harness/must.h"
#include "harness/object_store.h"

namespace syncwatch::harness {

Nodes::Nodes(Shared shared)
    : postgres_(must(lab::PostgresServer::make({folder() / "postgres"}))),
      arguments_{"--database-url", postgres_->url(), "--bus-url", "postgres:"} {
    if (shared.redis) {
        redis_ = must(lab::RedisServer::make({folder() / "redis"}));
        arguments_.back() = redis_->url();
    }
    if (shared.films) {
        objects_ = TestObjectStore::url();
        arguments_.insert(arguments_.end(),
                          {"--objects-url", objects_, "--objects-credentials-file",
                           TestObjectStore::credentials_file()});
    }
    arguments_.insert(arguments_.end(), shared.arguments.begin(), shared.arguments.end());
}

void Nodes::start(const std::string& name, Server::Options more) {
    std::vector<std::string> arguments{"--node-name", name};
    arguments.insert(arguments.end(), arguments_.begin(), arguments_.end());
    arguments.insert(arguments.end(), more.arguments.begin(), more.arguments.end());
    more.arguments = std::move(arguments);
    nodes_[name] = std::make_unique<Server>(folder() / name, std::move(more));
}

void Nodes::start(const std::string& name, std::vector<std::string> more) {
    Server::Options options;
    options.arguments = std::move(more);
    start(name, std::move(options));
}

boost::json::value Nodes::component(const std::string& name, const std::string& part) {
    return at(name).get("/health").json().at("components").at(part);
}

double Nodes::sample(const std::string& name, const std::string& metric) {
    const std::string all = at(name).get("/metrics").body;
    const std::size_t found = all.find('\n' + metric + ' ');
    return found == std::string::npos ? -1 : std::stod(all.substr(found + metric.size() + 2));
}

bool Nodes::has(const std::string& name, const std::string& sample) {
    return at(name).get("/metrics").body.find('\n' + sample + '\n') != std::string::npos;
}

bool Nodes::becomes(const std::string& name, const std::string& sample) {
    return eventually([&] { return has(name, sample); });
}

}  // namespace syncwatch::harness
