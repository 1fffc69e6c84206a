#include "adapters/redis/redis_short_lived_store.h"

#include <utility>

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/async/resumption.h"

namespace syncwatch::redis {
namespace {

std::string in_ms(ShortLivedStore::Span span) {
    return std::to_string(span.count());
}

Result<std::optional<std::string>> text_of(Result<Reply> reply) {
    if (!reply) return fail(std::move(reply).error());
    if (reply->kind != Reply::Kind::Text) return std::nullopt;
    return std::move(reply->text);
}

Result<std::int64_t> number_of(const Result<Reply>& reply) {
    if (!reply) return fail(reply.error());
    if (reply->kind == Reply::Kind::Integer) return reply->integer;
    return fail_unavailable("bus", "Redis answers a count with something else",
                            std::chrono::seconds(1));
}

}  // namespace

RedisShortLivedStore::RedisShortLivedStore(Random& random, Options options)
    : options_(std::move(options)), client_(random, options_.client) {
    Client::Hooks hooks;
    hooks.prepare = [this](std::shared_ptr<Connection> connection) {
        return read_generation(std::move(connection));
    };
    hooks.look = hooks.prepare;
    hooks.connected = [](bool) {};
    client_.start(std::move(hooks));
}

Async<> RedisShortLivedStore::read_generation(std::shared_ptr<Connection> connection) {
    Words get{"GET", generation_key()};
    SW_CO_TRY(const Reply reply, co_await connection->ask(std::move(get)));
    generation_ = reply.kind == Reply::Kind::Text ? reply.text : "0";
    co_return Result<>();
}

void RedisShortLivedStore::begin(const std::string& key, const Commands& commands,
                                 Connection::Answer answer) {
    const auto& connection = client_.connection();
    if (connection == nullptr) {
        answer(fail_unavailable("bus", "Redis is away", std::chrono::seconds(1)));
        return;
    }
    const auto all = commands(options_.prefix + generation_ + ":" + key);
    for (std::size_t i = 0; i + 1 < all.size(); ++i) {
        connection->command(all[i], [](const Result<Reply>&) {});
    }
    connection->command(all.back(), std::move(answer));
}

Async<Reply> RedisShortLivedStore::ask(std::string key, Commands commands) {
    if (waiting_.fetch_add(1) >= options_.max_waiting) {
        waiting_.fetch_sub(1);
        co_return fail_unavailable("bus", "too many calls to Redis", std::chrono::seconds(1));
    }
    auto start = [](auto handler, RedisShortLivedStore* store, std::string of, Commands make) {
        // std::function copies what it holds.
        auto waiting = std::make_shared<Resumption<decltype(handler)>>(std::move(handler));
        auto answer = [waiting](Result<Reply> reply) { waiting->resume(std::move(reply)); };
        auto work = [store, of = std::move(of), make = std::move(make),
                     answer = std::move(answer)] { store->begin(of, make, answer); };
        net::post(store->client_.executor(), std::move(work));
    };
    Result<Reply> reply =
        co_await net::async_initiate<const net::use_awaitable_t<>, void(Result<Reply>)>(
            std::move(start), net::use_awaitable, this, std::move(key), std::move(commands));
    waiting_.fetch_sub(1);
    if (reply && reply->is_error()) {
        co_return fail_unavailable("bus", reply->text, std::chrono::seconds(1));
    }
    co_return reply;
}

Async<> RedisShortLivedStore::put(std::string key, std::string value, Span span) {
    Commands set = [value = std::move(value), span](const std::string& at) {
        return std::vector<Words>{{"SET", at, value, "PX", in_ms(span)}};
    };
    SW_CO_CHECK(co_await ask(std::move(key), std::move(set)));
    co_return Result<>();
}

Async<std::optional<std::string>> RedisShortLivedStore::get(std::string key) {
    Commands get = [](const std::string& at) { return std::vector<Words>{{"GET", at}}; };
    co_return text_of(co_await ask(std::move(key), std::move(get)));
}

Async<std::optional<std::string>> RedisShortLivedStore::take(std::string key) {
    Commands take = [](const std::string& at) { return std::vector<Words>{{"GETDEL", at}}; };
    co_return text_of(co_await ask(std::move(key), std::move(take)));
}

Async<bool> RedisShortLivedStore::claim(std::string key, Span span) {
    Commands set = [span](const std::string& at) {
        return std::vector<Words>{{"SET", at, "", "NX", "PX", in_ms(span)}};
    };
    SW_CO_TRY(const Reply reply, co_await ask(std::move(key), std::move(set)));
    co_return reply.kind == Reply::Kind::Text;
}

Async<std::int64_t> RedisShortLivedStore::add(std::string key, std::int64_t by, Span span) {
    // One step for everybody else: a count without an end would lock somebody out for good.
    Commands count = [by, span](const std::string& at) {
        return std::vector<Words>{{"MULTI"},
                                  {"SET", at, "0", "NX", "PX", in_ms(span)},
                                  {"INCRBY", at, std::to_string(by)},
                                  {"EXEC"}};
    };
    SW_CO_TRY(Reply reply, co_await ask(std::move(key), std::move(count)));
    if (reply.list.empty()) reply.list.emplace_back();
    co_return number_of(std::move(reply.list.back()));
}

Async<> RedisShortLivedStore::remove(std::string key) {
    Commands remove = [](const std::string& at) { return std::vector<Words>{{"DEL", at}}; };
    SW_CO_CHECK(co_await ask(std::move(key), std::move(remove)));
    co_return Result<>();
}

Async<std::int64_t> RedisShortLivedStore::next_generation() {
    Commands next = [at = generation_key()](const std::string&) {
        return std::vector<Words>{{"INCR", at}};
    };
    const auto generation = number_of(co_await ask({}, std::move(next)));
    if (!generation) co_return generation;
    auto adopt = [this, text = std::to_string(*generation)] { generation_ = text; };
    net::post(client_.executor(), std::move(adopt));
    co_return generation;
}

}  // namespace syncwatch::redis
