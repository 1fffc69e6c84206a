#include "adapters/redis/client.h"

#include <algorithm>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/assert.h"
#include "base/log/log.h"

namespace syncwatch::redis {
namespace {

using namespace std::chrono_literals;

constexpr auto kFirstPause = 100ms;
/// How often a connection must show that it lives, and that its server is still the master.
constexpr auto kLookEvery = 1s;

void report_fault(const std::string& task, const std::string& what) {
    log::error("redis.fault", {{"task", task}, {"what", what}});
}

}  // namespace

Connection::Options connection_options(const Client::Options& options) {
    Connection::Options made;
    made.user = options.address.user;
    made.password = options.password ? options.password() : options.address.password;
    made.database = options.address.database;
    made.name = options.name;
    made.trust = options.trust;
    made.connect_within = options.connect_within;
    made.answer_within = options.answer_within;
    made.max_reply = options.max_reply;
    return made;
}

Client::Client(Random& random, Options options)
    : random_(random),
      options_(std::move(options)),
      open_(net::make_work_guard(context_)),
      finder_({options_.address, options_.trust, options_.sentinel_password}),
      tasks_(context_.get_executor(), report_fault),
      resting_(context_) {
    SW_ASSERT(!options_.address.tls || options_.trust);
}

void Client::start(Hooks hooks) {
    hooks_ = std::move(hooks);
    net::post(context_, [this] {
        tasks_.spawn("connection", run());
        tasks_.spawn("keep-alive", look_after());
        tasks_.spawn("sentinel", finder_.follow([this](const Endpoint& to) { moved(to); }));
    });
    thread_ = std::thread([this] { context_.run(); });
}

void Client::stop() {
    if (!thread_.joinable()) return;
    net::post(context_, [this] {
        stopping_ = true;
        if (trying_) trying_->close("stopped");
        tasks_.cancel();
        open_.reset();
    });
    thread_.join();
}

Client::Status Client::status() const {
    const std::lock_guard lock(mutex_);
    return status_;
}

net::awaitable<void> Client::run() {
    while (!stopping_) {
        const auto connected = co_await connect();
        if (connected && !stopping_) {
            pause_ = 0ms;
            ready_ = trying_;
            set_connected(true, {});
            const std::string why = co_await ready_->ended();
            ready_.reset();
            set_connected(false, why);
        } else if (!connected) {
            set_connected(false, connected.error().message);
        }
        trying_.reset();
        if (!stopping_) co_await pause();
    }
}

Async<> Client::connect() {
    SW_CO_TRY(master_, co_await finder_.find());
    trying_ = Connection::make(context_.get_executor(), connection_options(options_));
    trying_->set_push(hooks_.push);
    if (stopping_) co_return fail(ErrorCode::Cancelled, "stopped");
    auto ready = co_await trying_->open(master_);
    if (ready && finder_.has_sentinels()) ready = co_await check_is_master(trying_);
    if (ready) ready = co_await hooks_.prepare(trying_);
    if (!ready) trying_->close(ready.error().message);
    co_return ready;
}

net::awaitable<void> Client::pause() {
    pause_ = std::clamp<std::chrono::milliseconds>(pause_ * 2, kFirstPause, options_.longest_pause);
    // Nodes lose a server together; they do not come back in the same moment.
    std::array<std::uint8_t, 1> chance{};
    random_.fill(chance);
    resting_.expires_after(pause_ / 2 + pause_ * chance[0] / 510);
    co_await resting_.async_wait(net::as_tuple(net::use_awaitable));
}

net::awaitable<void> Client::look_after() {
    net::steady_timer timer(context_);
    while (!stopping_) {
        timer.expires_after(kLookEvery);
        co_await timer.async_wait(net::use_awaitable);
        const auto looked_at = ready_;
        if (!looked_at) continue;
        const auto well = co_await look(looked_at);
        if (!well) looked_at->close(well.error().message);
    }
}

Async<> Client::look(std::shared_ptr<Connection> connection) {
    if (finder_.has_sentinels()) SW_CO_CHECK(co_await check_is_master(connection));
    Words ping{"PING"};
    SW_CO_CHECK(co_await connection->ask(std::move(ping)));
    co_return Result<>();
}

void Client::moved(const Endpoint& master) {
    if (master_ == master) return;
    pause_ = 0ms;
    if (trying_) trying_->close("the master is " + master.text() + " now");
    resting_.cancel();
}

void Client::set_connected(bool connected, const std::string& why) {
    bool news = false;
    {
        const std::lock_guard lock(mutex_);
        news = status_.connected != connected;
        // What does not come back is said once, not at each try.
        if (!connected && (news || status_.why != why)) {
            log::warning("redis.away", {{"at", master_.text()}, {"why", why}});
        }
        if (status_.connected && !connected) ++status_.breaks;
        status_.connected = connected;
        status_.at = master_.text();
        if (!connected) status_.why = why;
    }
    if (connected) log::info("redis.connected", {{"at", master_.text()}, {"for", options_.name}});
    if (news) hooks_.connected(connected);
}

}  // namespace syncwatch::redis
