#include "apps/command/restore_redis.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <CLI/CLI.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "adapters/redis_backup/data_folder.h"
#include "adapters/redis_backup/live_restore.h"
#include "adapters/redis_backup/redis_snapshot.h"
#include "adapters/system/system_clock.h"
#include "adapters/system/system_random.h"
#include "apps/backup/redis_source.h"
#include "apps/command/command.h"
#include "apps/command/fetched_snapshot.h"
#include "apps/command/restore_estimate.h"
#include "apps/command/restore_news.h"
#include "apps/command/restore_parts.h"
#include "base/async/run_to_end.h"
#include "base/quantity.h"

namespace syncwatch::apps {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;
namespace json = boost::json;

constexpr auto kCheckWithin = std::chrono::hours(1);

struct RedisArguments {
    BackupArguments backup;
    fs::path file;
    std::string set;  ///< Of a backup; empty, where there is no file: the latest.
    fs::path into;
    std::string server;
    fs::path password_file;
    std::string append_only;  ///< "yes", "no"; empty: as the folder shows, or leave it.
    fs::path keep = ".";
    fs::path scratch;
    std::string source;      ///< What tells the file from another one.
    bool is_backup = false;  ///< The file came from a repository.
    bool dry_run = false;
    bool is_asked = false;  ///< Whoever calls has asked.
    std::string confirmed;
};

/// What the parts need, and a folder for the servers that are thrown away.
struct RedisPowers {
    ~RedisPowers() {
        pool.join();
        std::error_code ignored;
        if (!above.empty()) fs::remove_all(above, ignored);
    }
    RedisPowers() = default;
    RedisPowers(const RedisPowers&) = delete;
    RedisPowers& operator=(const RedisPowers&) = delete;

    SystemClock clock;
    SystemRandom random;
    net::thread_pool pool{2};
    fs::path above;    ///< Of this run alone; gone with it.
    fs::path scratch;  ///< In it, for servers.
};

tl::unexpected<Failure> redis_failure(const Error& error) {
    Failure failure = failure_of(error);
    if (error.code == ErrorCode::Corrupt) {
        failure.hint =
            "Nothing was changed. Take another snapshot: an older one is better than "
            "half of this.";
    }
    return tl::unexpected<Failure>(std::move(failure));
}

template <class T>
Outcome<T> run_redis(Async<T> task) {
    auto done = run_to_end(std::move(task));
    if (!done) return redis_failure(done.error());
    return *std::move(done);
}

Outcome<fs::path> make_scratch(const RedisArguments& arguments) {
    const fs::path above =
        arguments.scratch.empty() ? fs::temp_directory_path() : fs::absolute(arguments.scratch);
    std::string name = (above / "syncwatch-redis-XXXXXX").string();
    if (::mkdtemp(name.data()) != nullptr) return fs::path(name);
    return give_up(Exit::Refused, "no_scratch",
                   fmt::format("make a folder in {}: {}", above.string(), std::strerror(errno)),
                   "Name another one with --scratch: it holds the file once.");
}

std::string keys_text(std::uint64_t keys) {
    return fmt::format("{} key{}", keys, keys == 1 ? "" : "s");
}

void show_file(const Output& out, const fs::path& file, const redis::RdbFacts& facts) {
    out.line(fmt::format("brings back    {}, {}{}", keys_text(facts.keys), format_size(facts.bytes),
                         facts.written ? ", written " + format_rfc3339(*facts.written) : ""));
    out.line(fmt::format("from           {}, of Redis {}", file.string(),
                         facts.redis_version.empty() ? "?" : facts.redis_version));
}

/// Whether to go on: not in a dry run, and not without the right word where something would go.
Outcome<bool> may_go_on(Invocation& invocation, const RedisArguments& arguments,
                        const std::string& token, bool replaces, const std::string& what) {
    invocation.out.set("token", json::string(token));
    if (arguments.dry_run) {
        if (arguments.is_backup) tell_expected_time(invocation, arguments.backup, "redis");
        if (replaces) invocation.out.line("to do it       --confirm " + token);
        return false;
    }
    if (!replaces || arguments.is_asked || arguments.confirmed == token) return true;
    return give_up(Exit::ConfirmationNeeded, "confirmation_needed",
                   arguments.confirmed.empty() ? what + ": not confirmed"
                                               : "things are not as they were when that was shown",
                   "Repeat it with --confirm " + token);
}

Outcome<bool> keeps_append_only(const RedisArguments& arguments, const redis::DataFolder& folder) {
    if (arguments.append_only == "yes") return true;
    if (arguments.append_only == "no") return false;
    if (folder.has_append_only) return true;
    return give_up(
        Exit::Usage, "appendonly_unknown",
        "whether the server keeps an append-only file is not to be seen in " + folder.path.string(),
        "Say --appendonly yes or no, as its configuration has it (grep appendonly "
        "/etc/redis/redis.conf): with \"yes\" Redis never looks at dump.rdb.");
}

/// Keys of what would be loaded now; nullopt: nobody can tell without a server.
std::optional<std::uint64_t> keys_now(const redis::DataFolder& folder, bool append_only) {
    if (append_only || !folder.has_rdb) return std::nullopt;
    const auto now = run_to_end(redis::check_rdb(folder.path / "dump.rdb", kCheckWithin));
    return now ? std::optional(now->keys) : std::nullopt;
}

Outcome<> refuse_served(const fs::path& folder) {
    const auto running = redis::servers_in(folder);
    if (!running) return redis_failure(running.error());
    if (running->empty()) return {};
    const Error served{
        ErrorCode::Conflict,
        fmt::format("a server runs in {}: process {}", folder.string(), running->front()),
        "redis_runs"};
    return redis_failure(served);
}

Outcome<> into_folder(Invocation& invocation, const RedisArguments& arguments, RedisPowers& powers,
                      const redis::RdbFacts& facts) {
    const auto folder = redis::DataFolder::look(fs::absolute(arguments.into));
    if (!folder) return redis_failure(folder.error());
    if (auto served = refuse_served(folder->path); !served) return served;
    const auto append_only = keeps_append_only(arguments, *folder);
    if (!append_only) return tl::unexpected<Failure>(append_only.error());
    const auto before = keys_now(*folder, *append_only);
    const bool replaces = folder->has_rdb || folder->has_append_only;
    const Output& out = invocation.out;
    show_file(out, arguments.file, facts);
    out.line(fmt::format("into           {}, {}", folder->path.string(),
                         *append_only ? "as the base of its append-only file" : "as dump.rdb"));
    if (folder->has_append_only && !*append_only) {
        out.line(
            "               but an append-only file is there: with \"appendonly yes\" Redis "
            "will never look at dump.rdb");
    }
    if (before) out.line("what is there  " + keys_text(*before));
    if (replaces) out.line("               is moved aside, and stays until you remove it");
    const std::string token =
        word_for(fmt::format("{} {} {}", arguments.source, folder->state, *append_only));
    const auto go_on =
        may_go_on(invocation, arguments, token, replaces, "there is data in that folder");
    if (!go_on) return tl::unexpected<Failure>(go_on.error());
    if (!*go_on) return {};
    redis::RedisSnapshot snapshot({}, {powers.clock, powers.random, powers.pool});
    const auto rehearsed =
        run_redis(*append_only ? snapshot.rehearse_append_only(arguments.file, powers.scratch)
                               : snapshot.rehearse(arguments.file, powers.scratch));
    if (!rehearsed) return tl::unexpected<Failure>(rehearsed.error());
    const auto moved =
        redis::place_rdb({folder->path, arguments.file, *append_only, powers.clock.wall()});
    if (!moved) return redis_failure(moved.error());
    json::array aside;
    for (const auto& [from, to] : *moved) {
        out.line("moved aside    " + to.string());
        aside.emplace_back(to.string());
    }
    out.line(fmt::format("\nbrought back   a server of the same kind loaded {} of it",
                         keys_text(rehearsed->at("keys"))));
    out.line(
        "next           start the server; redis-cli INFO keyspace shows as many, less those "
        "whose time has come");
    invocation.out.set("restored", json::object{{"keys", facts.keys},
                                                {"into", folder->path.string()},
                                                {"append_only", *append_only},
                                                {"moved_aside", std::move(aside)}});
    return {};
}

Outcome<redis::Client::Options> access_to(const RedisArguments& arguments,
                                          const config::Settings& settings) {
    auto options = redis_access(settings, arguments.server);
    if (!options) return redis_failure(options.error());
    if (arguments.password_file.empty()) return *std::move(options);
    std::ifstream in(arguments.password_file);
    std::string password;
    if (!std::getline(in, password)) {
        return give_up(Exit::Usage, "password_file",
                       arguments.password_file.string() + " cannot be read, or is empty",
                       "It holds the password on its first line.");
    }
    options->password = [password] { return password; };
    return *std::move(options);
}

void show_live(const Output& out, const redis::LiveServer& server, const fs::path& keep) {
    out.line(fmt::format(
        "into           {}, Redis {}, {}", server.at, server.version,
        server.append_only ? "with an append-only file" : "without an append-only file"));
    if (server.replicas > 0) {
        out.line(fmt::format("               its replicas follow: {}", server.replicas));
    }
    if (server.keys == 0) return;
    out.line(fmt::format("what is there  {}: kept as {}, then removed", keys_text(server.keys),
                         keep.string()));
    out.line("what is lost   what is written between the two, and since the snapshot");
}

void show_done(Invocation& invocation, const redis::BroughtBack& done, const fs::path& keep) {
    const Output& out = invocation.out;
    out.line(fmt::format(
        "\nbrought back   {} of {} written; {} had expired; {} had been written "
        "anew and stay",
        done.brought, keys_text(done.brought + done.expired + done.kept), done.expired, done.kept));
    out.line(fmt::format("keys           before: {}, now: {}", done.keys_before, done.keys_after));
    if (done.append_only) {
        out.line("on its disk    in its append-only file");
    } else {
        out.line(done.saved ? "on its disk    dump.rdb was written anew"
                            : "on its disk    nothing: this server keeps nothing over a restart");
    }
    if (done.wrote_config)
        out.line("               and appendonly yes stands in its configuration");
    const bool kept = done.keys_before > 0;
    invocation.out.set("restored", json::object{{"keys_before", done.keys_before},
                                                {"brought", done.brought},
                                                {"expired", done.expired},
                                                {"kept", done.kept},
                                                {"keys_after", done.keys_after},
                                                {"append_only", done.append_only},
                                                {"saved", done.saved},
                                                {"wrote_config", done.wrote_config},
                                                {"before", kept ? json::value(keep.string())
                                                                : json::value(nullptr)}});
}

Outcome<> into_server(Invocation& invocation, const RedisArguments& arguments, RedisPowers& powers,
                      const redis::RdbFacts& facts) {
    auto access = access_to(arguments, invocation.settings);
    if (!access) return tl::unexpected<Failure>(access.error());
    std::string stamp = format_rfc3339(powers.clock.wall());
    std::erase_if(stamp, [](char c) { return c == '-' || c == ':' || c == '.'; });
    const fs::path keep = fs::absolute(arguments.keep) / ("redis-before-" + stamp + ".rdb");
    redis::LiveRestore restore(
        {*std::move(access), powers.scratch, keep, arguments.append_only == "yes", kCheckWithin},
        {powers.clock, powers.random, powers.pool});
    const auto server = run_redis(restore.look());
    if (!server) return tl::unexpected<Failure>(server.error());
    show_file(invocation.out, arguments.file, facts);
    show_live(invocation.out, *server, keep);
    const std::string token =
        word_for(fmt::format("{} {} {}", arguments.source, server->run_id, server->keys > 0));
    const auto go_on = may_go_on(invocation, arguments, token, server->keys > 0,
                                 server->at + " has " + keys_text(server->keys));
    if (!go_on) return tl::unexpected<Failure>(go_on.error());
    if (!*go_on) return {};
    RestoreNews news(invocation, "redis", server->at);
    const auto done = run_redis(restore.bring_back(arguments.file, facts, *server));
    if (!done) {
        Failure failure = done.error();
        std::error_code none;
        if (fs::exists(keep, none)) {
            failure.hint = fmt::format(
                "All that was there is in {}. Do it again, or bring that "
                "back.",
                keep.string());
        }
        return news.ended(tl::unexpected<Failure>(std::move(failure)));
    }
    show_done(invocation, *done, keep);
    return news.ended({});
}

Outcome<> restore_redis(Invocation& invocation, RedisArguments arguments) {
    if (arguments.into.empty() == arguments.server.empty()) {
        return give_up(Exit::Usage, "usage", "say where to: --into DIR or --server URL",
                       "--into for a server that does not run, --server for one that does.");
    }
    RedisPowers powers;
    auto scratch = make_scratch(arguments);
    if (!scratch) return tl::unexpected<Failure>(scratch.error());
    powers.above = *std::move(scratch);
    if (arguments.file.empty()) {
        const auto fetched =
            fetch_snapshot(invocation, arguments.backup, "redis", arguments.set, powers.above);
        if (!fetched) return tl::unexpected<Failure>(fetched.error());
        arguments.file = fetched->file;
        arguments.source = fetched->root;
        arguments.is_backup = true;
        invocation.out.line(
            fmt::format("backup         {}, as of {}", fetched->id, moment_text(fetched->moment)));
        invocation.out.set("backup", json::string(fetched->id));
    } else {
        arguments.file = fs::absolute(arguments.file);
        arguments.source = state_of_database(arguments.file);
    }
    const auto facts = run_redis(redis::check_rdb(arguments.file, kCheckWithin));
    if (!facts) return tl::unexpected<Failure>(facts.error());
    powers.scratch = powers.above / "server";
    std::error_code failed;
    fs::create_directory(powers.scratch, failed);
    if (arguments.server.empty()) return into_folder(invocation, arguments, powers, *facts);
    return into_server(invocation, arguments, powers, *facts);
}

}  // namespace

Outcome<> bring_back_redis(Invocation& invocation, const fs::path& file, const std::string& server,
                           const fs::path& keep) {
    RedisArguments arguments;
    arguments.file = file;
    arguments.server = server;
    arguments.keep = keep;
    arguments.is_asked = true;
    return restore_redis(invocation, std::move(arguments));
}

void add_restore_redis(CLI::App& restore, Command& chosen) {
    const auto arguments = std::make_shared<RedisArguments>();
    CLI::App* command =
        restore.add_subcommand("redis",
                               "A Redis, from a backup or an RDB file: into its data folder while "
                               "it does not run, or into it while "
                               "it runs. What is there is kept: docs/recovery/redis.md");
    add_backup_options(*command, arguments->backup, false);
    auto* const file =
        command->add_option("--file", arguments->file, "This RDB file, and no backup")
            ->type_name("RDB");
    command
        ->add_option("--set", arguments->set,
                     "This backup, as backup list shows it; without it the latest")
        ->type_name("ID")
        ->excludes(file);
    command->add_option("--into", arguments->into, "The data folder of a Redis that does not run")
        ->type_name("DIR");
    command
        ->add_option("--server", arguments->server,
                     "A Redis that runs: redis://[USER@]HOST[:PORT], or the same with rediss:, "
                     "sentinel: or sentinels:")
        ->type_name("URL");
    command
        ->add_option("--password-file", arguments->password_file,
                     "With the password for --server on its first line")
        ->type_name("FILE");
    command
        ->add_option("--appendonly", arguments->append_only,
                     "With --into: what the server's configuration says. With --server: yes turns "
                     "it on when all is there")
        ->check(CLI::IsMember({"yes", "no"}));
    command
        ->add_option("--keep", arguments->keep,
                     "With --server: the folder for what it has now; by default this one")
        ->type_name("DIR");
    command
        ->add_option("--scratch", arguments->scratch,
                     "Where the file is tried out first; by default that for temporary files")
        ->type_name("DIR");
    command->add_flag("--dry-run", arguments->dry_run, "Say what would be done, and do nothing");
    command
        ->add_option("--confirm", arguments->confirmed,
                     "The word that --dry-run shows: do just that")
        ->type_name("TOKEN");
    command->callback([&chosen, arguments] {
        chosen.run = [arguments](Invocation& invocation) {
            return restore_redis(invocation, *arguments);
        };
    });
}

}  // namespace syncwatch::apps
