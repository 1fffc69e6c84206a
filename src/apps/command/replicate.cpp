#include <chrono>
#include <filesystem>
#include <memory>

#include <CLI/CLI.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/json/array.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include "apps/command/admin.h"
#include "apps/command/objects_inventory.h"
#include "apps/command/replicate_commands.h"
#include "apps/command/replicate_work.h"
#include "apps/node/copying_stores.h"
#include "apps/node/worker_part.h"
#include "base/quantity.h"
#include "base/unique_fd.h"
#include "services/transcoding/film_restorer.h"

namespace syncwatch::apps {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using Kind = ReplicateWork::Kind;

constexpr int kMostShown = 20;

struct ReplicateArguments {
    std::string rate;
    std::string limit;
    bool all = false;
};

Outcome<> show_status(Invocation& invocation) {
    auto admin = Admin::open(invocation);
    if (!admin) return tl::unexpected<Failure>(admin.error());
    const auto all = take_inventory(**admin, invocation.settings);
    if (!all) return tl::unexpected<Failure>(all.error());
    const auto faulty = (*admin)->run((*admin)->powers().replicas.faulty(kMostShown));
    if (!faulty) return tl::unexpected<Failure>(faulty.error());
    const Output& out = invocation.out;
    for (const std::string& line : inventory_lines(*all)) out.line(line);
    json::array faults;
    for (const LedgerLine& each : *faulty) {
        const bool lost = each.fault == ObjectFault::Lost;
        out.line(fmt::format("{:13} {}", lost ? "  lost" : "  damaged", each.object.key));
        faults.push_back(
            json::object{{"key", each.object.key}, {"fault", lost ? "lost" : "damaged"}});
    }
    invocation.out.set("replication", inventory_json(*all));
    invocation.out.set("faulty", std::move(faults));
    return faults_failure(all->covered.damaged, all->covered.lost);
}

/// One run for each data folder: its files on their way lie there.
Outcome<UniqueFd> lock_run(const fs::path& folder) {
    const std::string file = (folder / "replicate.lock").string();
    UniqueFd fd(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!fd) {
        return give_up(Exit::Refused, "data_folder", "open " + file + ": " + std::strerror(errno),
                       "Run it as the user that the server runs as.");
    }
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
        return give_up(Exit::Locked, "locked", "another syncwatch replicate is at it",
                       "Wait for it to end; what it has done is kept however it ends.");
    }
    return fd;
}

/// Tells on stderr how far it is: all the time on a terminal, now and then elsewhere.
class Progress {
public:
    explicit Progress(Clock& clock) : clock_(clock), terminal_(::isatty(STDERR_FILENO) != 0) {}
    ~Progress() {
        if (terminal_ && told_) fmt::print(stderr, "\n");
    }
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    void tell(const ReplicateWork::Tally& so_far) {
        const Instant now = clock_.now();
        const std::chrono::milliseconds pause(terminal_ ? 200 : 5000);
        if (now - last_ < pause) return;
        last_ = now;
        told_ = true;
        fmt::print(stderr, "{}{} objects, {}, {} repaired, {} failed{}", terminal_ ? "\r" : "",
                   so_far.objects, format_size(so_far.bytes), so_far.repaired, so_far.failed,
                   terminal_ ? " " : "\n");
        std::fflush(stderr);
    }

private:
    Clock& clock_;
    const bool terminal_;
    Instant last_ = clock_.now();
    bool told_ = false;
};

Outcome<ReplicateWork::Options> options_of(Kind kind, const ReplicateArguments& arguments) {
    ReplicateWork::Options options;
    options.kind = kind == Kind::Repair && arguments.all ? Kind::RepairAll : kind;
    if (!arguments.rate.empty()) {
        const auto rate = parse_size(arguments.rate);
        if (!rate) return give_up(Exit::Usage, "usage", "--rate is no size", "As in --rate 20MB.");
        options.rate = *rate;
    }
    if (!arguments.limit.empty()) {
        options.limit = parse_span(arguments.limit);
        if (!options.limit) {
            return give_up(Exit::Usage, "usage", "--for is no time", "As in --for 30m.");
        }
    }
    return options;
}

Outcome<> settle(Kind kind, const ReplicateWork::Tally& done) {
    if (done.is_away) {
        return give_up(Exit::Unreachable, "unavailable", done.why,
                       "Look at both stores (syncwatch doctor); repeat it then, what was done is "
                       "kept.");
    }
    if (done.failed > 0) {
        return give_up(Exit::Partial, "partial",
                       fmt::format("{} objects failed, the last: {}", done.failed, done.why),
                       "Repeat it; what was done is kept.");
    }
    if (auto faults = faults_failure(done.faulty, done.lost); !faults) return faults;
    if (kind == Kind::Copy && done.timed_out) {
        return give_up(Exit::TimedOut, "timed_out", "the time was up before all was copied",
                       "Repeat it: it goes on where it ended.");
    }
    return {};
}

void show_done(Invocation& invocation, Kind kind, const ReplicateWork::Tally& done) {
    const char* what = kind == Kind::Copy ? "copied" : "read back";
    invocation.out.line(fmt::format(
        "{} {} objects, {}; {} repaired, {} damaged, {} lost, {} failed", what, done.objects,
        format_size(done.bytes), done.repaired, done.faulty, done.lost, done.failed));
    json::array keys;
    for (const std::string& each : done.keys) {
        invocation.out.line("  " + each);
        keys.emplace_back(each);
    }
    invocation.out.set("done", json::object{{"objects", done.objects},
                                            {"bytes", done.bytes},
                                            {"repaired", done.repaired},
                                            {"damaged", done.faulty},
                                            {"lost", done.lost},
                                            {"failed", done.failed},
                                            {"timed_out", done.timed_out}});
    invocation.out.set("faulty", std::move(keys));
}

/// What no store has is made again meanwhile, as a server does.
net::awaitable<ReplicateWork::Tally> run_with_maker(ReplicateWork& work, ObjectMender& mender,
                                                    FilmRestorer::Powers powers) {
    FilmRestorer maker(powers, co_await net::this_coro::executor);
    maker.start();
    mender.set_maker(&maker);
    ReplicateWork::Tally done = co_await work.run();
    mender.set_maker(nullptr);
    co_await maker.end();
    co_return done;
}

Outcome<> replicate(Invocation& invocation, Kind kind, const ReplicateArguments& arguments) {
    const config::Settings& settings = invocation.settings;
    if (kind == Kind::Copy && !settings.second.on()) {
        return give_up(Exit::Refused, "no_second_store", "no second store is configured",
                       "Name one in objects.second.");
    }
    const auto options = options_of(kind, arguments);
    if (!options) return tl::unexpected<Failure>(options.error());
    auto admin = Admin::open(invocation);
    if (!admin) return tl::unexpected<Failure>(admin.error());
    const auto lock = lock_run(settings.data.dir);
    if (!lock) return tl::unexpected<Failure>(lock.error());
    Powers& powers = (*admin)->powers();
    if (settings.second.on()) {
        const auto named = (*admin)->run(powers.replicas.use_second(settings.second.name()));
        if (!named) return tl::unexpected<Failure>(named.error());
    }
    const fs::path scratch = settings.data.dir / "copies-command";
    auto stores = CopyingStores::open(settings, {powers.clock, powers.random}, scratch,
                                      "command-" + settings.node.name);
    if (!stores) return tl::unexpected<Failure>(failure_of(stores.error()));
    ObjectTally tally;
    ObjectMender mender({(*stores)->first(), (*stores)->second(), powers.replicas,
                         (*stores)->copier(), powers.clock, tally});
    ReplicateWork::Tally done;
    {
        Progress progress(powers.clock);
        ReplicateWork work(mender, powers.replicas, powers.clock, *options,
                           [&progress](const auto& so_far) { progress.tell(so_far); });
        ffmpeg::FfmpegTranscoder::Options making = transcoder_options(settings);
        making.scratch = scratch / "scratch";
        ffmpeg::FfmpegTranscoder transcoder(std::move(making));
        const FilmRestorer::Powers maker{powers.media, powers.media,    (*stores)->first(),
                                         transcoder,   (*admin)->bus(), powers.clock,
                                         tally};
        done = run_to_end(run_with_maker(work, mender, maker));
    }
    show_done(invocation, kind, done);
    if (kind != Kind::Copy) {
        const WallTime now = powers.clock.wall();
        // It also tells running servers of films whose segments were made again.
        const auto covered =
            (*admin)->run(powers.replicas.coverage(now - settings.second.audit_every));
        if (covered) {
            const auto within = static_cast<double>(settings.second.audit_every.count());
            const auto lines = coverage_lines(*covered, " within " + format_span(within), now);
            for (const std::string& line : lines) invocation.out.line(line);
            invocation.out.set("replication", coverage_json(*covered, now));
        }
    }
    stores->reset();
    std::error_code ignored;
    fs::remove_all(scratch, ignored);
    return settle(kind, done);
}

CLI::App* add_work(CLI::App& parent, const char* name, const char* help, Kind kind,
                   const std::shared_ptr<ReplicateArguments>& arguments, Command& chosen) {
    CLI::App* command = parent.add_subcommand(name, help);
    command->add_option("--rate", arguments->rate, "Bytes per second at most, as in 20MB")
        ->type_name("SIZE");
    command->add_option("--for", arguments->limit, "Begin nothing after this time, as in 30m")
        ->type_name("TIME");
    command->callback([&chosen, arguments, kind] {
        chosen.run = [arguments, kind](Invocation& invocation) {
            return replicate(invocation, kind, *arguments);
        };
    });
    return command;
}

}  // namespace

Outcome<> copy_objects(Invocation& invocation) {
    return replicate(invocation, Kind::Copy, {});
}

void add_restore_objects(CLI::App& restore, Command& chosen) {
    const auto arguments = std::make_shared<ReplicateArguments>();
    arguments->all = true;
    add_work(restore, "objects",
             "Films: read all of them back, and bring what is missing or damaged back from the "
             "store that has it whole, or make it again from the original. Replaces nothing that "
             "is whole; replicate lost lists beforehand what is not. Servers may run",
             Kind::Repair, arguments, chosen);
}

Outcome<> faults_failure(std::uint64_t damaged, std::uint64_t lost) {
    if (lost > 0) {
        return give_up(
            Exit::VerificationFailed, "objects_lost",
            fmt::format("{} objects have no whole copy", lost),
            "syncwatch replicate lost lists them. Prepare those films anew (syncwatch video "
            "show tells whether the original "
            "is kept), or bring the objects back from a backup.");
    }
    if (damaged > 0) {
        return give_up(Exit::VerificationFailed, "objects_damaged",
                       fmt::format("{} objects are missing or damaged in a store", damaged),
                       "syncwatch replicate repair mends what can be mended; a running server does "
                       "by itself.");
    }
    return {};
}

void add_replicate(CLI::App& app, Command& chosen) {
    CLI::App* replicate = app.add_subcommand(
        "replicate",
        "The two object stores: how alike they are, copying, reading back, repairing. Works beside "
        "running servers, which do all of it by themselves. Ends with 5 where objects are damaged "
        "or lost, 7 where some failed, 4 where a store does not answer.");
    replicate->require_subcommand(1);
    replicate
        ->add_subcommand("status",
                         "What is not in the second store yet and since when, how much was read "
                         "back lately, what is damaged or lost. Asks the database alone")
        ->callback([&chosen] { chosen.run = show_status; });
    const auto arguments = std::make_shared<ReplicateArguments>();
    add_work(*replicate, "run", "Copy what is not in the second store yet, the oldest first",
             Kind::Copy, arguments, chosen);
    add_work(*replicate, "audit",
             "Read everything back from both stores, the oldest look first, and compare it with "
             "the ledger. Repairs nothing",
             Kind::Look, arguments, chosen);
    add_work(
        *replicate, "repair",
        "Repair what is known to be missing or damaged: from the store that has it whole, or made "
        "again from the original",
        Kind::Repair, arguments, chosen)
        ->add_flag("--all", arguments->all, "Read everything back first, as audit does");
    add_replicate_lost(*replicate, chosen);
    add_replicate_left(*replicate, chosen);
}

}  // namespace syncwatch::apps
