#include "apps/node/node.h"

#include <algorithm>
#include <future>
#include <thread>
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

constexpr auto kTidyEvery = 1h;
/// How often guests who came while the database was away are written into it.
constexpr auto kWriteGuestsEvery = 2s;
/// While somebody is connected, the port stays open so long after readiness was withdrawn: a load
/// balancer hears "draining", not a door shut in its face.
constexpr std::chrono::milliseconds kGrace = 500ms;
/// Goodbyes to members are spread over this, so that they do not all come back at once.
constexpr std::chrono::milliseconds kSpread = 2s;

std::size_t shard_count(const config::Settings& settings) {
    if (settings.server.threads > 0) return settings.server.threads;
    return std::max(1u, std::thread::hardware_concurrency());
}

}  // namespace

Result<std::unique_ptr<Node>> Node::start(config::Settings settings) {
    Opened opened;
    SW_TRY(opened.tls, load_certificate(settings));
    SW_TRY(opened.powers, Powers::open(settings));
    SW_TRY(opened.storage, Storage::open(settings, {opened.powers->clock, opened.powers->random,
                                                    opened.powers->replicas}));
    SW_TRY(opened.link_key, opened.powers->key("media"));
    SW_TRY(opened.ticket_key, opened.powers->key("tickets"));
    SW_TRY(opened.guest_key, opened.powers->key("guests"));
    SW_TRY(opened.peer_key, opened.powers->key("peers"));
    SW_TRY(opened.backup_key, opened.powers->key("backup"));
    std::unique_ptr<Node> node(new Node(std::move(settings), std::move(opened)));
    SW_CHECK(node->open_for_business());
    return node;
}

Node::Node(config::Settings settings, Opened opened)
    : settings_(std::move(settings)),
      shards_(shard_count(settings_)),
      worker_thread_(1),
      tls_(std::move(opened.tls)),
      powers_(std::move(opened.powers)),
      storage_(std::move(opened.storage)),
      limits_(powers_->clock, powers_->random, powers_->bus()),
      peers_(*powers_, settings_, opened.peer_key),
      names_(powers_->clock, powers_->random, powers_->bus(), {settings_.node.name}),
      worker_(worker_thread_, *powers_, *storage_, settings_),
      replication_(*powers_, *storage_, settings_, shards_.executor(0)),
      backup_(*powers_, settings_, opened.backup_key),
      rounds_of_backups_(*powers_, settings_, opened.backup_key),
      stream_(*powers_, settings_, opened.backup_key),
      log_watch_(*powers_, settings_, opened.backup_key, rounds_of_backups_),
      signals_(*powers_, settings_, opened.backup_key, rounds_of_backups_, backup_, log_watch_),
      health_(*powers_, *storage_, settings_, worker_, shards_.executor(0)),
      metrics_(*powers_, health_, settings_),
      accounts_(*powers_, settings_, shards_.executor(0),
                {opened.guest_key, storage_->sign_outs()}),
      recovery_(*powers_, settings_, opened.backup_key, accounts_.authenticator()),
      media_(*powers_, *storage_, settings_, accounts_, opened.link_key, shards_.executor(0)),
      rooms_(*powers_, settings_, shards_,
             {accounts_, media_.films(), storage_->chat_spool(), peers_.answers()},
             opened.ticket_key),
      site_(settings_),
      server_(shards_, router_, powers_->random, server_options()),
      notices_(*powers_->database, powers_->bus(), powers_->clock),
      background_(shards_.executor(0), log::task_fault("node.task_fault")) {
    powers_->node_bus->listener().set(
        [this](bool well) { rooms_.live().notice("bus_degraded", !well); });
    storage_->listener().set(
        [this](bool well) { rooms_.live().notice("objects_degraded", !well); });
    media_.put_films_into(rooms_.live());
    if (settings_.bus.on()) share_limits();
    if (peers_.answers() != nullptr) media_.share_reels(*peers_.answers());
    peers_.listen(shards_.executor(0));
    if (settings_.bus.on()) watch_names();
    health_.add_turn_and_backup(backup_, rounds_of_backups_, log_watch_, stream_);
    health_.add_notifications(signals_);
    add_routes();
    metrics_.watch(router_, server_);
    metrics_.add([this](metrics::Text& text) { rooms_.write_metrics(text); });
    metrics_.add([this](metrics::Text& text) { media_.write_metrics(text); });
    metrics_.add([this](metrics::Text& text) { worker_.write_metrics(text); });
    metrics_.add([this](metrics::Text& text) { replication_.write_metrics(text); });
    metrics_.add([this](metrics::Text& text) { backup_.write_metrics(text); });
    metrics_.add([this](metrics::Text& text) { rounds_of_backups_.write_metrics(text); });
    metrics_.add([this](metrics::Text& text) { stream_.write_metrics(text); });
    metrics_.add([this](metrics::Text& text) { log_watch_.write_metrics(text); });
    metrics_.add([this](metrics::Text& text) { signals_.write_metrics(text); });
    metrics_.add([this](metrics::Text& text) { write_breakers(text, *powers_, *storage_); });
    metrics_.add([this](metrics::Text& text) { write_cache(text, *storage_); });
    metrics_.add([this](metrics::Text& text) { write_certificate(text, tls_.get()); });
}

Node::~Node() {
    drain(0ms);
    powers_->node_bus->listener().set(nullptr);
    storage_->listener().set(nullptr);
    shards_.stop();
}

http::Server::Options Node::server_options() {
    http::Server::Options options = listen_options(settings_, tls_);
    options.websocket.frame_burst = static_cast<float>(settings_.limits.frames.burst);
    options.websocket.frames_per_second = static_cast<float>(settings_.limits.frames.per_second);
    options.admit = [this](const http::Request& request, const http::Route& route) {
        return accounts_.limits().admit(request, route);
    };
    options.on_answered = [this](const http::RequestRecord& record) { metrics_.observe(record); };
    return options;
}

void Node::add_routes() {
    metrics_.add_routes(router_);
    health_.add_routes(router_);
    accounts_.add_routes(router_);
    recovery_.add_routes(router_);
    rooms_.add_routes(router_);
    media_.add_routes(router_);
    site_.add_routes(router_);
}

void Node::share_limits() {
    accounts_.service().share_limits(limits_);
    accounts_.limits().share(limits_);
    rooms_.directory().share_limits(limits_);
    limits_heard_ = limits_.listen(shards_.executor(0));
}

void Node::watch_names() {
    names_heard_ = names_.listen(shards_.executor(0));
    health_.watch_name(names_);
    metrics_.add([this](metrics::Text& text) {
        text.gauge("syncwatch_node_name_shared",
                   "1 while another running node has this one's name.", names_.shared() ? 1 : 0);
    });
}

Result<> Node::open_for_business() {
    SW_CHECK(server_.listen());
    shards_.run();
    powers_->node_bus->start();
    running_ = true;
    backup_.start();
    auto token = net::co_spawn(shards_.executor(0), accounts_.service().setup_token_if_needed(),
                               net::use_future);
    SW_TRY(setup_token_, token.get());
    // Before the first room lives by it: later it could only be drawn after the others' slowly.
    wait(rooms_.find_time());
    auto begin = [this] {
        background_.spawn("tidy", tidy_now_and_then());
        if (!settings_.on_trial) background_.spawn("upkeep", media_.upkeep());
        // A database that is a file of this node does not go away.
        if (powers_->postgres != nullptr) background_.spawn("reels", media_.read_ahead());
        background_.spawn("notices", notices_.run());
        background_.spawn("room_time", rooms_.keep_time());
        if (limits_heard_) background_.spawn("limits", limits_.run());
        if (names_heard_) background_.spawn("names", names_.run());
        if (powers_->wall_keeper) background_.spawn("wall", powers_->wall_keeper->run());
        background_.spawn("certificate", watch_certificate(tls_, powers_->clock));
        background_.spawn("chat_spool", rooms_.replay_chat());
        background_.spawn("guests", write_guests());
    };
    net::post(shards_.executor(0), std::move(begin));
    server_.start();
    worker_.start();
    if (settings_.media.work) replication_.set_maker(worker_.maker());
    replication_.start();
    rounds_of_backups_.start();
    stream_.start();
    log_watch_.start();
    signals_.start();
    recovery_.start();
    health_.board().set_phase(http::HealthBoard::Phase::Ready);
    log::info("node.ready", {{"address", settings_.server.address}, {"port", port()}});
    return {};
}

void Node::reload() {
    reload_certificate(tls_.get(), powers_->clock);
}

void Node::drain(std::chrono::milliseconds patience) {
    if (!std::exchange(running_, false)) return;
    health_.board().set_phase(http::HealthBoard::Phase::Draining);
    log::info("node.draining");
    worker_.begin_stop();
    const Instant until = powers_->clock.now() + patience;
    const auto grace = server_.connections() > 0 ? std::min(kGrace, patience) : 0ms;
    wait(powers_->clock.sleep_until(powers_->clock.now() + grace));
    rooms_.drain(std::min(kSpread, patience / 2));
    const auto left = std::chrono::floor<std::chrono::milliseconds>(until - powers_->clock.now());
    server_.drain(std::max(0ms, left));
    wait(end_background());
    replication_.stop();
    worker_.stop();
    signals_.stop();
    log_watch_.stop();
    recovery_.stop();
    rounds_of_backups_.stop();
    stream_.stop();
    backup_.stop();
}

void Node::wait(net::awaitable<void> task) {
    net::co_spawn(shards_.executor(0), std::move(task), net::use_future).wait();
}

net::awaitable<void> Node::end_background() {
    background_.cancel();
    co_await background_.join();
    co_await health_.board().end();
}

net::awaitable<void> Node::tidy_now_and_then() {
    for (;;) {
        const auto tidied = co_await accounts_.service().tidy();
        if (!tidied) log::warning("accounts.not_tidied", {{"error", tidied.error().message}});
        co_await powers_->clock.sleep_until(powers_->clock.now() + kTidyEvery);
    }
}

net::awaitable<void> Node::write_guests() {
    for (;;) {
        co_await powers_->clock.sleep_until(powers_->clock.now() + kWriteGuestsEvery);
        co_await accounts_.service().write_stand_ins();
        co_await accounts_.service().end_signed_out();
    }
}

}  // namespace syncwatch::apps
