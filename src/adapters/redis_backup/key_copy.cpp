#include "adapters/redis_backup/key_copy.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/async_result.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include "base/async/resumption.h"

namespace syncwatch::redis {
namespace {

using namespace std::chrono_literals;

/// Keys of one SCAN; bytes of their values that are under way at once, beyond one value.
constexpr const char* kKeysAtOnce = "200";
constexpr std::uint64_t kBytesAtOnce = std::uint64_t{16} << 20;

/// What several commands are waiting for.
template <class Handler>
struct Gathering {
    Resumption<Handler> waiting;
    std::vector<Reply> replies;
    std::size_t missing = 0;
    Result<> broken = {};
};

/// Sends all at once and gives the replies in order; errors of single commands among them.
Async<std::vector<Reply>> ask_all(std::shared_ptr<Connection> connection,
                                  std::vector<Words> commands) {
    if (commands.empty()) co_return std::vector<Reply>();
    auto start = [](auto handler, Connection* to, std::vector<Words> all) {
        using Handler = decltype(handler);
        auto gathered = std::make_shared<Gathering<Handler>>(
            Gathering<Handler>{Resumption<Handler>(std::move(handler)), {}, all.size(), {}});
        gathered->replies.resize(all.size());
        for (std::size_t i = 0; i < all.size(); ++i) {
            to->command(all[i], [gathered, i](Result<Reply> reply) {
                if (reply) {
                    gathered->replies[i] = *std::move(reply);
                } else {
                    gathered->broken = fail(std::move(reply).error());
                }
                if (--gathered->missing > 0) return;
                Result<std::vector<Reply>> done = std::move(gathered->replies);
                if (!gathered->broken) done = fail(gathered->broken.error());
                gathered->waiting.resume(std::move(done));
            });
        }
    };
    co_return co_await net::async_initiate<const net::use_awaitable_t<>,
                                           void(Result<std::vector<Reply>>)>(
        std::move(start), net::use_awaitable, connection.get(), std::move(commands));
}

tl::unexpected<Error> refused(const Reply& reply, std::string_view doing) {
    return fail_unavailable("redis", fmt::format("{}: {}", doing, reply.text), 30s);
}

/// How much each key takes in memory: a guess of what its value takes on its way.
Async<std::vector<std::uint64_t>> sizes_of(std::shared_ptr<Connection> from,
                                           std::vector<std::string> keys) {
    std::vector<Words> commands;
    for (const std::string& each : keys) {
        commands.push_back({"MEMORY", "USAGE", each, "SAMPLES", "5"});
    }
    SW_CO_TRY(const auto replies, co_await ask_all(std::move(from), std::move(commands)));
    std::vector<std::uint64_t> sizes;
    for (const Reply& each : replies) {
        sizes.push_back(each.kind == Reply::Kind::Integer ? static_cast<std::uint64_t>(each.integer)
                                                          : 0);
    }
    co_return sizes;
}

/// A few keys, of which all values are in memory at once.
Async<CopiedKeys> copy_some(std::shared_ptr<Connection> from, std::shared_ptr<Connection> to,
                            std::vector<std::string> keys) {
    std::vector<Words> reads;
    for (const std::string& each : keys) {
        reads.push_back({"DUMP", each});
        reads.push_back({"PTTL", each});
    }
    SW_CO_TRY(auto read, co_await ask_all(std::move(from), std::move(reads)));
    CopiedKeys copied;
    std::vector<Words> writes;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        Reply& value = read[2 * i];
        const Reply& left = read[2 * i + 1];
        if (value.is_error()) co_return refused(value, "read a key");
        // -1: it has no end. Less, or nothing: its time has come.
        if (value.kind == Reply::Kind::Null || left.integer < -1 || left.integer == 0) {
            ++copied.gone;
            continue;
        }
        const std::string time = std::to_string(left.integer == -1 ? 0 : left.integer);
        writes.push_back({"RESTORE", std::move(keys[i]), time, std::move(value.text)});
    }
    read.clear();
    SW_CO_TRY(const auto written, co_await ask_all(std::move(to), std::move(writes)));
    for (const Reply& each : written) {
        if (!each.is_error()) {
            ++copied.written;
        } else if (each.text.starts_with("BUSYKEY")) {
            ++copied.there;
        } else {
            co_return refused(each, "write a key");
        }
    }
    co_return copied;
}

}  // namespace

Async<CopiedKeys> copy_keys(std::shared_ptr<Connection> from, std::shared_ptr<Connection> to,
                            unsigned database) {
    Words select{"SELECT", std::to_string(database)};
    SW_CO_CHECK(co_await from->ask(select));
    SW_CO_CHECK(co_await to->ask(std::move(select)));
    CopiedKeys all;
    std::string cursor = "0";
    for (bool more = true; more; more = cursor != "0") {
        Words scan{"SCAN", cursor, "COUNT", kKeysAtOnce};
        SW_CO_TRY(Reply page, co_await from->ask(std::move(scan)));
        cursor = page.text_at(0);
        if (cursor.empty() || page.list.size() != 2) {
            co_return fail_unavailable("redis", "SCAN is not answered", 30s);
        }
        std::vector<std::string> keys;
        for (Reply& each : page.list[1].list) keys.push_back(std::move(each.text));
        SW_CO_TRY(const auto sizes, co_await sizes_of(from, keys));
        std::vector<std::string> some;
        std::uint64_t bytes = 0;
        for (std::size_t i = 0; i < keys.size(); ++i) {
            some.push_back(std::move(keys[i]));
            bytes += sizes[i];
            if (bytes < kBytesAtOnce && i + 1 < keys.size()) continue;
            std::vector<std::string> taken = std::exchange(some, {});
            SW_CO_TRY(const CopiedKeys copied, co_await copy_some(from, to, std::move(taken)));
            bytes = 0;
            all.written += copied.written;
            all.gone += copied.gone;
            all.there += copied.there;
        }
    }
    co_return all;
}

Async<> copy_functions(std::shared_ptr<Connection> from, std::shared_ptr<Connection> to) {
    Words list{"FUNCTION", "LIST"};
    const auto known = co_await from->ask(std::move(list));
    if (!known || known->list.empty()) co_return Result<>();
    Words dump{"FUNCTION", "DUMP"};
    SW_CO_TRY(Reply functions, co_await from->ask(std::move(dump)));
    Words restore{"FUNCTION", "RESTORE", std::move(functions.text), "REPLACE"};
    SW_CO_CHECK(co_await to->ask(std::move(restore)));
    co_return Result<>();
}

}  // namespace syncwatch::redis
