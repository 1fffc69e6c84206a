#include "adapters/redis/master.h"

#include <charconv>
#include <optional>
#include <utility>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

namespace syncwatch::redis {
namespace {

using namespace std::chrono_literals;

/// How often the Sentinel that is listened to must show that it lives.
constexpr auto kAskEvery = 1s;
constexpr auto kRestBetweenSentinels = 200ms;
const std::string kSwitched = "+switch-master";

std::optional<Endpoint> endpoint_of(std::string_view host, std::string_view port) {
    Endpoint endpoint{std::string(host), 0};
    const char* const end = port.data() + port.size();
    const auto [stopped, failed] = std::from_chars(port.data(), end, endpoint.port);
    if (failed != std::errc() || stopped != end || host.empty()) return std::nullopt;
    return endpoint;
}

/// "NAME OLD-HOST OLD-PORT NEW-HOST NEW-PORT".
std::optional<Endpoint> switched_to(std::string_view payload, std::string_view master) {
    std::vector<std::string_view> words;
    while (!payload.empty()) {
        const std::size_t space = payload.find(' ');
        words.push_back(payload.substr(0, space));
        payload.remove_prefix(space == std::string_view::npos ? payload.size() : space + 1);
    }
    if (words.size() != 5 || words[0] != master) return std::nullopt;
    return endpoint_of(words[3], words[4]);
}

}  // namespace

Async<std::shared_ptr<Connection>> MasterFinder::open(Endpoint sentinel, Connection::Push push) {
    Connection::Options options;
    if (options_.sentinel_password) options.password = options_.sentinel_password();
    options.trust = options_.trust;
    options.connect_within = options_.sentinel_within;
    options.answer_within = options_.sentinel_within;
    auto connection = Connection::make(co_await net::this_coro::executor, std::move(options));
    connection->set_push(std::move(push));
    SW_CO_CHECK(co_await connection->open(std::move(sentinel)));
    co_return connection;
}

Async<Endpoint> MasterFinder::ask(std::shared_ptr<Connection> sentinel) {
    Words words{"SENTINEL", "GET-MASTER-ADDR-BY-NAME", options_.address.master};
    SW_CO_TRY(const Reply reply, co_await sentinel->ask(std::move(words)));
    auto endpoint = endpoint_of(reply.text_at(0), reply.text_at(1));
    if (!endpoint) {
        co_return fail_unavailable(
            "bus", fmt::format("Sentinel knows no master \"{}\"", options_.address.master), 1s);
    }
    co_return *std::move(endpoint);
}

Async<Endpoint> MasterFinder::find() {
    const auto& known = options_.address.endpoints;
    if (!has_sentinels()) co_return known.front();
    Result<Endpoint> found = fail_unavailable("bus", "no Sentinel", 1s);
    for (std::size_t tried = 0; tried < known.size(); ++tried) {
        const std::size_t index = (last_ + tried) % known.size();
        auto sentinel = co_await open(known[index], nullptr);
        if (!sentinel) {
            found = fail(std::move(sentinel).error().within("Sentinel"));
            continue;
        }
        const ClosedAtEnd closing(*sentinel);
        found = co_await ask(*sentinel);
        if (!found) continue;
        last_ = index;
        break;
    }
    co_return found;
}

net::awaitable<void> MasterFinder::follow(std::function<void(const Endpoint&)> moved) {
    if (!has_sentinels()) co_return;
    net::steady_timer timer(co_await net::this_coro::executor);
    const auto& known = options_.address.endpoints;
    for (;;) {
        co_await follow_one(last_ % known.size(), moved);
        ++last_;
        timer.expires_after(kRestBetweenSentinels);
        co_await timer.async_wait(net::use_awaitable);
    }
}

net::awaitable<void> MasterFinder::follow_one(std::size_t sentinel,
                                              std::function<void(const Endpoint&)>& moved) {
    Connection::Push push = [this, &moved](const Reply& said) {
        if (said.text_at(0) != "message" || said.text_at(1) != kSwitched) return;
        if (const auto to = switched_to(said.text_at(2), options_.address.master)) moved(*to);
    };
    const auto opened = co_await open(options_.address.endpoints[sentinel], std::move(push));
    if (!opened) co_return;
    const auto& connection = *opened;
    const ClosedAtEnd closing(connection);
    connection->tell({"SUBSCRIBE", kSwitched});
    net::steady_timer timer(co_await net::this_coro::executor);
    for (;;) {
        // It may have changed before we listened, and it shows that the Sentinel lives.
        const auto master = co_await ask(connection);
        if (!master) co_return;
        // Sentinels may disagree for a while: find() asks the one that is listened to.
        last_ = sentinel;
        moved(*master);
        timer.expires_after(kAskEvery);
        co_await timer.async_wait(net::use_awaitable);
    }
}

Async<> check_is_master(std::shared_ptr<Connection> connection) {
    Words words{"ROLE"};
    SW_CO_TRY(const Reply role, co_await connection->ask(std::move(words)));
    if (role.text_at(0) == "master") co_return Result<>();
    co_return fail_unavailable("bus", "the server is no master", 1s);
}

}  // namespace syncwatch::redis
