#include "adapters/redis_backup/replica_stream.h"

#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "adapters/redis/resp.h"
#include "adapters/redis/tls_stream.h"
#include "adapters/redis_backup/disk.h"
#include "adapters/redis_backup/sync_reader.h"
#include "base/async/offload.h"
#include "base/unique_fd.h"

namespace syncwatch::redis {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr auto kUseTuple = net::as_tuple(net::use_awaitable);
constexpr std::size_t kReadAtOnce = 262'144;

/// A socket whose every wait ends: at its own deadline, or at that of the whole transfer.
class Wire : public std::enable_shared_from_this<Wire> {
public:
    Wire(const net::any_io_executor& executor, TlsTrust trust)
        : resolver_(executor),
          socket_(executor),
          trust_(std::move(trust)),
          step_(executor),
          whole_(executor) {}

    void end_after(std::chrono::milliseconds whole) { arm(whole_, whole, "it took too long"); }
    void close() {
        boost::system::error_code ignored;
        socket_.close(ignored);
        resolver_.cancel();
        step_.cancel();
        whole_.cancel();
    }

    Async<> connect(Endpoint endpoint, std::chrono::milliseconds within) {
        arm(step_, within, "it does not take the connection in time");
        const std::string port = std::to_string(endpoint.port);
        const auto [unknown, found] =
            co_await resolver_.async_resolve(endpoint.host, port, kUseTuple);
        if (unknown) co_return broken(unknown.message());
        const auto [failed, peer] = co_await net::async_connect(socket_, found, kUseTuple);
        if (failed) co_return broken(failed.message());
        if (trust_) {
            tls_.emplace(socket_, *trust_);
            const auto why = std::make_shared<std::string>();
            expect_host(*tls_, endpoint.host, why);
            const auto [refused] =
                co_await tls_->async_handshake(net::ssl::stream_base::client, kUseTuple);
            if (refused) co_return broken("TLS: " + (why->empty() ? refused.message() : *why));
        }
        step_.cancel();
        co_return Result<>();
    }

    Async<> write(std::string bytes, std::chrono::milliseconds within) {
        arm(step_, within, "it does not take what it is sent");
        const auto from = net::buffer(bytes);
        if (tls_) {
            const auto [failed, count] = co_await net::async_write(*tls_, from, kUseTuple);
            if (failed) co_return broken(failed.message());
        } else {
            const auto [failed, count] = co_await net::async_write(socket_, from, kUseTuple);
            if (failed) co_return broken(failed.message());
        }
        step_.cancel();
        co_return Result<>();
    }

    Async<std::size_t> read(std::string& into, std::chrono::milliseconds within) {
        arm(step_, within, fmt::format("it has sent nothing for {} s", within / 1s));
        const auto buffer = net::buffer(into);
        boost::system::error_code failed;
        std::size_t count = 0;
        if (tls_) {
            std::tie(failed, count) = co_await tls_->async_read_some(buffer, kUseTuple);
        } else {
            std::tie(failed, count) = co_await socket_.async_read_some(buffer, kUseTuple);
        }
        step_.cancel();
        if (failed) co_return broken("it ended the connection: " + failed.message());
        co_return count;
    }

private:
    void arm(net::steady_timer& timer, std::chrono::milliseconds within, std::string why) {
        timer.expires_after(within);
        timer.async_wait(
            [self = shared_from_this(), why = std::move(why)](boost::system::error_code cancelled) {
                if (cancelled) return;
                if (self->late_.empty()) self->late_ = why;
                self->close();
            });
    }
    tl::unexpected<Error> broken(const std::string& why) const {
        if (!late_.empty()) return fail(ErrorCode::Timeout, late_);
        return fail_unavailable("redis", why, 30s);
    }

    net::ip::tcp::resolver resolver_;
    net::ip::tcp::socket socket_;
    const TlsTrust trust_;
    std::optional<net::ssl::stream<net::ip::tcp::socket&>> tls_;
    net::steady_timer step_;
    net::steady_timer whole_;
    std::string late_;  ///< Which deadline passed.
};

struct ClosedWire {
    explicit ClosedWire(std::shared_ptr<Wire> owned) : wire(std::move(owned)) {}
    ClosedWire(const ClosedWire&) = delete;
    ClosedWire& operator=(const ClosedWire&) = delete;
    ~ClosedWire() { wire->close(); }
    const std::shared_ptr<Wire> wire;
};

/// What a replica says first. Refusals of REPLCONF are no matter: older servers know less of it.
std::string greeting(const Connection::Options& options) {
    std::string out;
    if (!options.password.empty()) {
        const std::string user = options.user.empty() ? "default" : options.user;
        out += encode_command({"AUTH", user, options.password});
    }
    out += encode_command({"REPLCONF", "capa", "eof", "capa", "psync2"});
    out += encode_command({"REPLCONF", "rdb-only", "1"});
    return out;
}

/// The answers to what goes before PSYNC.
class Greeting {
public:
    explicit Greeting(bool with_password)
        : with_password_(with_password), expected_(with_password ? 3 : 2) {}

    bool done() const { return seen_ == expected_; }
    /// Errors: Forbidden, Corrupt.
    Result<> feed(std::string_view bytes) {
        while (!done() && !bytes.empty()) {
            const std::size_t end = bytes.find('\n');
            line_ += bytes.substr(0, end);
            if (line_.size() > 4096) {
                return fail(ErrorCode::Corrupt, "the server does not answer as Redis");
            }
            if (end == std::string_view::npos) return {};
            bytes.remove_prefix(end + 1);
            const std::string line = std::exchange(line_, {});
            if (with_password_ && seen_ == 0 && line.starts_with('-')) {
                return fail(ErrorCode::Forbidden, line.substr(1, line.find('\r') - 1));
            }
            ++seen_;
        }
        return {};
    }

private:
    const bool with_password_;
    const int expected_;
    int seen_ = 0;
    std::string line_;
};

Async<Fetched> receive(Wire& wire, const FetchOptions& options, NewFile& file, Clock& clock,
                       net::thread_pool& pool) {
    Greeting greeted(!options.connection.password.empty());
    std::string buffer(kReadAtOnce, '\0');
    while (!greeted.done()) {
        SW_CO_TRY(const std::size_t count,
                  co_await wire.read(buffer, options.connection.answer_within));
        SW_CO_CHECK(greeted.feed(std::string_view(buffer).substr(0, count)));
    }
    // Not before: servers refuse it while they have other answers to send.
    std::string ask = encode_command({"PSYNC", "?", "-1"});
    SW_CO_CHECK(co_await wire.write(std::move(ask), options.connection.answer_within));
    SyncReader reader;
    Fetched fetched;
    while (reader.at() != SyncReader::At::End) {
        SW_CO_TRY(const std::size_t count, co_await wire.read(buffer, options.silence));
        const std::string_view rest = std::string_view(buffer).substr(0, count);
        const bool known = reader.has_history();
        SW_CO_TRY(const auto rdb, reader.feed(rest));
        if (!known && reader.has_history()) fetched.announced = clock.wall();
        if (rdb.empty()) continue;
        auto write = [&file, rdb] { return file.write(rdb); };
        SW_CO_CHECK(co_await offload(pool, std::move(write)));
        fetched.bytes += rdb.size();
    }
    fetched.replid = reader.replid();
    fetched.offset = reader.offset();
    co_return fetched;
}

}  // namespace

Async<Fetched> fetch_rdb(Endpoint endpoint, FetchOptions options, fs::path into, Clock& clock,
                         net::thread_pool& pool) {
    const auto executor = co_await net::this_coro::executor;
    const ClosedWire closing(std::make_shared<Wire>(executor, options.connection.trust));
    Wire& wire = *closing.wire;
    wire.end_after(options.whole);
    const auto within = [&](Error error) { return std::move(error).within(endpoint.text()); };
    const auto connected = co_await wire.connect(endpoint, options.connection.connect_within);
    if (!connected) co_return fail(within(connected.error()));
    std::string greet = greeting(options.connection);
    const auto sent = co_await wire.write(std::move(greet), options.connection.answer_within);
    if (!sent) co_return fail(within(sent.error()));
    auto create = [&into] { return NewFile::create(into); };
    SW_CO_TRY(NewFile file, co_await offload(pool, std::move(create)));
    auto fetched = co_await receive(wire, options, file, clock, pool);
    if (!fetched) co_return fail(within(fetched.error()));
    auto keep = [&file] { return file.keep(); };
    SW_CO_CHECK(co_await offload(pool, std::move(keep)));
    co_return fetched;
}

}  // namespace syncwatch::redis
