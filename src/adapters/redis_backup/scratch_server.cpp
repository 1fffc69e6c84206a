#include "adapters/redis_backup/scratch_server.h"

#include <array>
#include <cerrno>
#include <fstream>
#include <utility>

#include <arpa/inet.h>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapters/program/memory_file.h"
#include "adapters/program/surroundings.h"
#include "adapters/redis_backup/disk.h"
#include "adapters/redis_backup/redis_programs.h"
#include "base/async/offload.h"
#include "base/encoding.h"

namespace syncwatch::redis {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

/// Somebody else may take the port before the server does.
constexpr int kTries = 3;
constexpr std::uint64_t kMaxWritten = std::uint64_t{64} << 20;

/// A port of loopback that nobody has just now; 0: none.
std::uint16_t free_port() {
    const UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    if (!fd || ::bind(fd.get(), any, size) != 0 || ::getsockname(fd.get(), any, &size) != 0) {
        return 0;
    }
    return ntohs(address.sin_port);
}

/// Bytes of memory that the machine could give; 0: it does not say.
std::uint64_t free_memory() {
    std::ifstream in("/proc/meminfo");
    std::string name;
    std::uint64_t kib = 0;
    std::string unit;
    while (in >> name >> kib >> unit) {
        if (name == "MemAvailable:") return kib * 1024;
    }
    return 0;
}

/// What stays in memory here: a server that cannot have it takes other programs down with it.
Result<> check_memory(const RdbFacts& facts) {
    const std::uint64_t free = free_memory();
    // The file tells what its writer used; smaller than itself it can hardly become.
    const std::uint64_t needed = std::max(facts.memory, facts.bytes);
    if (free == 0 || needed < free / 5 * 4) return {};
    return fail_unavailable("backup",
                            fmt::format("to load it takes about {} MB of memory, and {} MB are "
                                        "free",
                                        needed >> 20U, free >> 20U),
                            60s);
}

std::string configuration(const RdbFacts& facts, bool append_only, std::uint16_t port,
                          const std::string& password) {
    return fmt::format(
        "bind 127.0.0.1\nprotected-mode yes\nport {}\ndbfilename dump.rdb\nsave \"\"\n"
        "appendonly {}\nauto-aof-rewrite-percentage 0\nrequirepass {}\ndatabases {}\n"
        "daemonize no\nlogfile \"\"\nloglevel notice\n",
        port, append_only ? "yes" : "no", password, std::max(16U, facts.last_database + 1));
}

/// Gives a file or folder to whom the server runs as; nothing when we are not root.
Result<> give_to_child(const fs::path& path) {
    const auto who = program::nobody();
    if (!who || ::lchown(path.c_str(), who->user, who->group) == 0) return {};
    return disk_failure("give away", path);
}

Result<> prepare(const fs::path& rdb, const fs::path& folder, bool append_only) {
    const fs::path place = append_only ? folder / AofLayout::kFolder : folder;
    if (append_only && ::mkdir(place.c_str(), 0700) != 0) return disk_failure("make", place);
    const fs::path file = place / (append_only ? AofLayout::kBase : "dump.rdb");
    SW_CHECK(copy_durably(rdb, file));
    SW_CHECK(give_to_child(file));
    SW_CHECK(give_to_child(folder));
    if (!append_only) return {};
    SW_TRY(NewFile manifest, NewFile::create(place / AofLayout::kManifest));
    SW_CHECK(manifest.write(AofLayout::kText));
    SW_CHECK(manifest.keep());
    SW_CHECK(give_to_child(place / AofLayout::kManifest));
    return give_to_child(place);
}

/// Why it ended before it had loaded.
tl::unexpected<Error> ended_early(const std::string& log) {
    for (const char* line : {"Can't handle RDB format version", "Can't open the append-only"}) {
        if (log.find(line) == std::string::npos) continue;
        return fail_unavailable("backup", fmt::format("the redis-server here says: {}", line), 30s);
    }
    std::string_view last = log;
    while (last.ends_with('\n')) last.remove_suffix(1);
    const std::size_t line = last.rfind('\n');
    if (line != std::string_view::npos) last.remove_prefix(line + 1);
    return fail(ErrorCode::Corrupt, fmt::format("redis-server does not load it: {}", last));
}

struct Starting {
    program::Child& child;
    int log;
    Client::Options access;
    std::chrono::milliseconds within;
};

/// Waits until all is loaded; nullopt: another program has the port.
Async<std::optional<OpenServer>> loaded(Starting starting) {
    const Servers servers(starting.access);
    net::steady_timer timer(co_await net::this_coro::executor);
    auto waited = 0ms;
    for (auto step = 2ms; waited < starting.within; step = std::min(step * 2, 100ms)) {
        if (starting.child.try_reap()) {
            const std::string log = program::read_end(starting.log, 8192);
            if (log.find("Address already in use") != std::string::npos) co_return std::nullopt;
            co_return ended_early(log);
        }
        const Endpoint here = starting.access.address.endpoints.front();
        auto server = co_await servers.open(here);
        if (server && server->info.is("loading", "0")) {
            std::optional<OpenServer> found(*std::move(server));
            co_return std::move(found);
        }
        timer.expires_after(step);
        co_await timer.async_wait(net::use_awaitable);
        waited += step;
    }
    co_return fail(ErrorCode::Timeout, "redis-server takes too long to load it");
}

}  // namespace

Async<std::unique_ptr<ScratchServer>> ScratchServer::start(fs::path rdb, RdbFacts facts,
                                                           Options options, Random& random,
                                                           net::thread_pool& pool) {
    SW_CO_CHECK(check_memory(facts));
    SW_CO_TRY(program::Spec spec, spec_of("redis-server", "redis-server"));
    const fs::path folder = fs::absolute(options.folder);
    auto fill = [&] { return prepare(rdb, folder, options.append_only); };
    SW_CO_CHECK(co_await offload(pool, std::move(fill)));
    std::array<std::uint8_t, 24> secret{};
    random.fill(secret);
    const std::string password = encode_hex(secret);
    // By its input: nobody else hears the password. Its paths are relative to where it runs.
    spec.args = {"-"};
    spec.folder = folder;
    spec.run_as = program::nobody();
    spec.max_file_bytes = kMaxWritten;
    for (int tried = 0; tried < kTries; ++tried) {
        const std::uint16_t port = free_port();
        const std::string settings = configuration(facts, options.append_only, port, password);
        SW_CO_TRY(const UniqueFd input, program::memory_file(settings));
        SW_CO_TRY(const UniqueFd log, program::memory_file({}));
        spec.input = input.get();
        spec.output = spec.errors = log.get();
        SW_CO_TRY(program::Child child, program::Child::start(spec));
        Client::Options access;
        access.address.endpoints = {Endpoint{"127.0.0.1", port}};
        access.address.password = password;
        access.answer_within = 30s;
        access.max_reply = options.max_reply;
        Starting starting{child, log.get(), std::move(access), options.load_within};
        SW_CO_TRY(auto server, co_await loaded(std::move(starting)));
        if (!server) continue;
        co_return std::unique_ptr<ScratchServer>(
            new ScratchServer(std::move(child), *std::move(server)));
    }
    co_return fail_unavailable("backup", "redis-server finds no free port", 30s);
}

}  // namespace syncwatch::redis
