#include "apps/node/worker_node.h"

#include <string>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include "apps/node/breaker_metrics.h"
#include "apps/node/cache_metrics.h"
#include "apps/node/listening.h"
#include "base/log/log.h"
#include "base/log/task_fault.h"

namespace syncwatch::apps {
namespace {

using namespace std::chrono_literals;

/// A database or a folder of one process cannot be worked on by another: SQLite tells nobody what
/// changed, and a folder of objects has one writer.
Result<> check_shared(const config::Settings& settings) {
    std::string missing;
    const auto need = [&missing](bool there, const char* what) {
        if (!there) missing.append(missing.empty() ? "" : ", ").append(what);
    };
    need(settings.postgres.on(), "database.url is not PostgreSQL");
    need(settings.s3.on(), "objects.url is not an S3 store");
    need(settings.bus.on(), "bus.url is memory:");
    if (missing.empty()) return {};
    return fail(ErrorCode::InvalidInput,
                "a worker of its own needs what it shares with nodes: " + missing, "not_shared");
}

}  // namespace

Result<std::unique_ptr<WorkerNode>> WorkerNode::start(config::Settings settings) {
    SW_CHECK(check_shared(settings));
    settings.media.work = true;
    Opened opened;
    SW_TRY(opened.tls, load_certificate(settings));
    SW_TRY(opened.powers, Powers::open(settings));
    SW_TRY(opened.storage, Storage::open(settings, {opened.powers->clock, opened.powers->random,
                                                    opened.powers->replicas}));
    SW_TRY(opened.backup_key, opened.powers->key("backup"));
    std::unique_ptr<WorkerNode> made(new WorkerNode(std::move(settings), std::move(opened)));
    SW_CHECK(made->open_for_business());
    return made;
}

WorkerNode::WorkerNode(config::Settings settings, Opened opened)
    : settings_(std::move(settings)),
      tls_(std::move(opened.tls)),
      powers_(std::move(opened.powers)),
      storage_(std::move(opened.storage)),
      worker_(worker_thread_, *powers_, *storage_, settings_),
      replication_(*powers_, *storage_, settings_, shards_.executor(0)),
      rounds_of_backups_(*powers_, settings_, opened.backup_key, RoundsPart::Of::Worker),
      health_(*powers_, *storage_, settings_, worker_, shards_.executor(0)),
      metrics_(*powers_, health_, settings_),
      server_(shards_, router_, powers_->random, server_options()),
      background_(shards_.executor(0), log::task_fault("worker.task_fault")) {
    health_.add_backup(rounds_of_backups_);
    metrics_.add_routes(router_);
    health_.add_routes(router_);
    metrics_.watch(router_, server_);
    metrics_.add([this](metrics::Text& text) { worker_.write_metrics(text); });
    metrics_.add([this](metrics::Text& text) { replication_.write_metrics(text); });
    metrics_.add([this](metrics::Text& text) { rounds_of_backups_.write_metrics(text); });
    metrics_.add([this](metrics::Text& text) { write_breakers(text, *powers_, *storage_); });
    metrics_.add([this](metrics::Text& text) { write_cache(text, *storage_); });
    metrics_.add([this](metrics::Text& text) { write_certificate(text, tls_.get()); });
}

WorkerNode::~WorkerNode() {
    drain(0ms);
    shards_.stop();
}

http::Server::Options WorkerNode::server_options() {
    http::Server::Options options = listen_options(settings_, tls_);
    options.on_answered = [this](const http::RequestRecord& record) { metrics_.observe(record); };
    return options;
}

Result<> WorkerNode::open_for_business() {
    SW_CHECK(server_.listen());
    shards_.run();
    powers_->node_bus->start();
    running_ = true;
    auto begin = [this] {
        if (powers_->wall_keeper) background_.spawn("wall", powers_->wall_keeper->run());
        background_.spawn("certificate", watch_certificate(tls_, powers_->clock));
    };
    net::post(shards_.executor(0), std::move(begin));
    server_.start();
    worker_.start();
    replication_.set_maker(worker_.maker());
    replication_.start();
    rounds_of_backups_.start();
    health_.board().set_phase(http::HealthBoard::Phase::Ready);
    log::info("worker.ready", {{"address", settings_.server.address}, {"port", port()}});
    return {};
}

void WorkerNode::reload() {
    reload_certificate(tls_.get(), powers_->clock);
}

void WorkerNode::drain(std::chrono::milliseconds patience) {
    if (!std::exchange(running_, false)) return;
    health_.board().set_phase(http::HealthBoard::Phase::Draining);
    log::info("worker.draining");
    worker_.begin_stop();
    server_.drain(patience);
    net::co_spawn(shards_.executor(0), end_background(), net::use_future).wait();
    rounds_of_backups_.stop();
    replication_.stop();
    worker_.stop();
}

net::awaitable<void> WorkerNode::end_background() {
    background_.cancel();
    co_await background_.join();
    co_await health_.board().end();
}

}  // namespace syncwatch::apps
