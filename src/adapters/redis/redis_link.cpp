#include "adapters/redis/redis_link.h"

#include <utility>

#include <boost/asio/post.hpp>

namespace syncwatch::redis {

RedisLink::RedisLink(Random& random, Options options)
    : options_(std::move(options)), client_(random, options_.client) {}

void RedisLink::start(Receiver receiver) {
    receiver_ = std::move(receiver);
    Client::Hooks hooks;
    hooks.prepare = [this](std::shared_ptr<Connection> connection) {
        return subscribe(std::move(connection));
    };
    hooks.connected = [this](bool connected) { receiver_.connected(connected); };
    hooks.push = [this](const Reply& push) { heard(push); };
    client_.start(std::move(hooks));
}

Async<> RedisLink::subscribe(std::shared_ptr<Connection> connection) {
    connection->tell({"SUBSCRIBE", options_.channel});
    // A subscription is answered by a push, its refusal by an error in place of what follows.
    Words ping{"PING"};
    SW_CO_CHECK(co_await connection->ask(std::move(ping)));
    co_return Result<>();
}

void RedisLink::heard(const Reply& push) {
    if (push.text_at(0) != "message" || push.text_at(1) != options_.channel) return;
    receiver_.message(push.text_at(2));
}

void RedisLink::send(Bytes bytes) {
    {
        const std::lock_guard lock(mutex_);
        if (under_way_ >= options_.max_waiting) {
            ++dropped_;
            return;
        }
        ++under_way_;
        queue_.push_back(std::move(bytes));
        if (std::exchange(flushing_, true)) return;
    }
    net::post(client_.executor(), [this] { flush(); });
}

void RedisLink::flush() {
    std::deque<Bytes> taken;
    {
        const std::lock_guard lock(mutex_);
        flushing_ = false;
        taken.swap(queue_);
    }
    for (const Bytes& each : taken) publish(each);
}

void RedisLink::publish(const Bytes& bytes) {
    auto done = [this](const Result<Reply>& reply) {
        const std::lock_guard lock(mutex_);
        --under_way_;
        if (!reply || reply->is_error()) ++dropped_;
    };
    const auto& connection = client_.connection();
    if (connection == nullptr) {
        done(fail(ErrorCode::Unavailable, "not connected"));
        return;
    }
    connection->command({"PUBLISH", options_.channel, *bytes}, std::move(done));
}

BusLink::Status RedisLink::status() const {
    const auto client = client_.status();
    const std::lock_guard lock(mutex_);
    return {client.connected, client.at, client.why, client.breaks, under_way_, dropped_};
}

}  // namespace syncwatch::redis
