#include "adapters/pg_stream/base_backup.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <map>
#include <memory>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include "adapters/pg_stream/sealed.h"
#include "adapters/pgbackrest/engine.h"
#include "adapters/program/run.h"
#include "base/async/offload.h"

namespace syncwatch::pg_stream {
namespace {

using namespace std::chrono_literals;

/// Without a byte: a server that waits for its checkpoint is silent, too.
constexpr auto kLongestSilence = 15min;
/// Of the archive, where its manifest says which part of the log it needs.
constexpr std::size_t kKeptEnd = std::size_t{256} << 10;

/// Reads a pipe of a program that is killed when nothing comes any more.
class Reading {
public:
    Reading(const net::any_io_executor& executor, UniqueFd from, program::Child& child)
        : pipe_(executor, from.release()), silence_(executor), child_(child) {}

    /// Nothing: it has ended.
    net::awaitable<std::string_view> some() {
        silence_.expires_after(kLongestSilence);
        silence_.async_wait([&child = child_](const auto& error) {
            if (!error) child.kill();
        });
        const auto buffer = net::buffer(bytes_);
        const auto [error, count] =
            co_await pipe_.async_read_some(buffer, net::as_tuple(net::use_awaitable));
        silence_.cancel();
        co_return std::string_view(bytes_.data(), error ? 0 : count);
    }

private:
    net::posix::stream_descriptor pipe_;
    net::steady_timer silence_;
    program::Child& child_;
    std::array<char, std::size_t{256} << 10> bytes_{};
};

Error failure_of(const std::string& errors) {
    Error error;
    error.code = ErrorCode::Unavailable;
    error.component = "backup";
    error.retry_after = 30s;
    error.message = "pg_basebackup: " + errors;
    std::ranges::replace(error.message, '\n', ' ');
    const auto says = [&](std::string_view words) { return errors.find(words) != errors.npos; };
    if (says("tablespace")) {
        error.code = ErrorCode::InvalidInput;
        error.reason = "tablespaces";
    } else if (says("pg_hba.conf") || says("authentication failed") || says("permission denied") ||
               says("must be superuser or repl")) {
        error.code = ErrorCode::Forbidden;
        error.reason = "no_replication";
    } else if (says("server closed the connection") || says("could not read COPY data") ||
               says("terminating connection") || says("standby was promoted")) {
        error.reason = "server_left";
        error.message = "the server went away, or over to another, while it was copied: " + errors;
        std::ranges::replace(error.message, '\n', ' ');
    } else if (says("could not connect") || says("connection to server")) {
        error.reason = "no_server";
    }
    if (error.code != ErrorCode::Unavailable) error.component = {};
    return error;
}

program::Spec spec_of(const std::string& name, const Access& access, const std::string& label) {
    program::Spec spec;
    spec.program = name;
    std::string server = access.without_password();
    if (access.has_several_hosts()) server += " target_session_attrs='read-write'";
    spec.args = {"-d",
                 server,
                 "-D",
                 "-",
                 "--format=tar",
                 "--wal-method=none",
                 "--checkpoint=fast",
                 "--no-password",
                 "--manifest-checksums=SHA256",
                 "--label=" + label};
    std::map<std::string, std::string> more{
        {"TZ", "UTC"},
        {"LC_ALL", "C"},
        {"PGAPPNAME", "syncwatch-backup"},
        {"PGCONNECT_TIMEOUT", std::to_string(access.connect_timeout.count())}};
    const std::string password = access.password ? access.password() : std::string();
    if (!password.empty()) more["PGPASSWORD"] = password;
    spec.environment = pgbackrest::Engine::environment(std::move(more));
    return spec;
}

}  // namespace

Async<> BaseCopy::put_part(std::string bytes) {
    Description::Part part;
    part.bytes = bytes.size();
    auto pack = [&bytes] { return seal(bytes); };
    std::string sealed = co_await offload(powers_.pool, std::move(pack));
    SW_CO_TRY(part.sha256, sum_of(sealed));
    stored_bytes_ += sealed.size();
    parts_.push_back(part);
    std::string name = folder_ + "/" + part_name(parts_.size());
    co_return co_await powers_.repository.create(std::move(name), std::move(sealed));
}

Async<> BaseCopy::run(Access access, std::string label, std::function<void(std::uint64_t)> tell) {
    const program::Spec spec = spec_of(program_, access, label);
    SW_CO_TRY(program::Child child, program::Child::start(spec));
    const auto executor = co_await net::this_coro::executor;
    const auto out = std::make_unique<Reading>(executor, child.take_stdout(), child);
    const auto errors = std::make_unique<Reading>(executor, child.take_stderr(), child);
    std::string part;
    std::string end;
    for (;;) {
        const std::string_view some = co_await out->some();
        part += some;
        raw_bytes_ += some.size();
        if (part.size() < kPartBytes && !some.empty()) continue;
        end += part.size() > kKeptEnd ? part.substr(part.size() - kKeptEnd) : part;
        if (end.size() > kKeptEnd) end.erase(0, end.size() - kKeptEnd);
        if (!part.empty()) {
            SW_CO_CHECK(co_await put_part(std::exchange(part, {})));
        }
        if (tell) tell(raw_bytes_);
        if (some.empty()) break;
    }
    std::string said;
    for (std::string_view some = co_await errors->some(); !some.empty();
         some = co_await errors->some()) {
        said += some;
    }
    SW_CO_TRY(const program::End ended, co_await program::end_child(child, 0, 10s));
    if (!ended.is_good()) co_return fail(failure_of(said));
    SW_CO_TRY(needed_, read_needed_log(end));
    co_return Result<>();
}

}  // namespace syncwatch::pg_stream
