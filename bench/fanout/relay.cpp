// The product's sockets with nothing behind them: the gateway accepts, parses, upgrades, decodes
// and sends; a room is a list that repeats what it hears. Between this and the yardstick lies what
// the gateway costs, between this and the product what rooms cost.
//   bench.relay         (prints its port)
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>

#include <fmt/format.h>

#include "adapters/system/system_random.h"
#include "base/async/shards.h"
#include "gateway/http/server.h"
#include "gateway/websocket/audience.h"

namespace syncwatch::bench {
namespace {

class Listener final : public websocket::PeerListener {
public:
    Listener(websocket::Peer& peer, websocket::Audience& room) : room_(room) { room_.add(peer); }
    void on_text(std::string_view message) override { room_.send(websocket::frame_text(message)); }
    void on_violation(websocket::Violation) override {}
    void on_closed() override {}

private:
    websocket::Audience& room_;
};

http::Router make_router(std::map<std::string, websocket::Audience>& rooms) {
    http::Router router;
    auto upgrade =
        [&rooms](
            http::Request& request) -> net::awaitable<std::variant<http::Response, http::Upgrade>> {
        http::Upgrade accepted;
        accepted.accept = [&rooms, room = request.path](websocket::Peer& peer) {
            return std::make_unique<Listener>(peer, rooms[room]);
        };
        co_return accepted;
    };
    router.add_upgrade("/{room}", std::move(upgrade));
    return router;
}

void serve() {
    std::map<std::string, websocket::Audience> rooms;
    const http::Router router = make_router(rooms);
    SystemRandom random;
    Shards shards(1);
    http::Server::Options options;
    options.port = 0;
    options.websocket.frames_per_second = 1e9F;
    options.websocket.frame_burst = 1e9F;
    http::Server server(shards, router, random, options);
    if (const auto listening = server.listen(); !listening) {
        fmt::print(stderr, "bench.relay: {}\n", listening.error().message);
        std::exit(EXIT_FAILURE);
    }
    sigset_t end;
    sigemptyset(&end);
    sigaddset(&end, SIGTERM);
    sigaddset(&end, SIGINT);
    ::pthread_sigmask(SIG_BLOCK, &end, nullptr);
    shards.run();
    server.start();
    fmt::print("{}\n", server.port());
    std::fflush(stdout);
    int which = 0;
    ::sigwait(&end, &which);
    server.drain(std::chrono::milliseconds(0));
    shards.stop();
}

}  // namespace
}  // namespace syncwatch::bench

int main() {
    syncwatch::bench::serve();
}
