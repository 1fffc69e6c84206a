// What the ledger says next to what the stores list.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <utility>

#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "apps/command/admin.h"
#include "apps/command/replicate_commands.h"
#include "apps/node/copying_stores.h"
#include "base/quantity.h"
#include "domain/media/media_keys.h"
#include "services/objects/store_census.h"

namespace syncwatch::apps {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using Sighting = StoreCensus::Finding;

/// For people, and in the one JSON document; the file has all of them.
constexpr std::size_t kMostInDocument = 1000;
constexpr std::size_t kMostOnScreen = 20;

struct LostArguments {
    std::string export_to;
};

const char* word(Sighting::Kind kind) {
    switch (kind) {
        case Sighting::Kind::Lost: return "lost";
        case Sighting::Kind::Damaged: return "damaged";
        case Sighting::Kind::Orphan: return "orphan";
    }
    return "";
}

json::object found_json(const Sighting& found, bool has_second) {
    json::object out{{"kind", word(found.kind)},
                     {"key", found.key},
                     {"size", found.size},
                     {"first", text(found.first)},
                     {"second", has_second ? json::value(text(found.second)) : nullptr}};
    return out;
}

/// Where findings go: some of them to the screen, all of them to a file, a line of JSON each.
class FoundObjects {
public:
    explicit FoundObjects(bool has_second) : has_second_(has_second) {}

    Outcome<> open(const std::string& file) {
        if (file.empty()) return {};
        name_ = file;
        file_.open(file, std::ios::trunc);
        if (file_) return {};
        return give_up(Exit::Refused, "export", "cannot write " + file,
                       "Name a file in a folder that you may write to.");
    }
    Result<> add(const Sighting& found) {
        if (first_.size() < kMostInDocument) first_.push_back(found);
        if (!file_.is_open()) return {};
        file_ << json::serialize(found_json(found, has_second_)) << '\n';
        if (file_) return {};
        return fail(ErrorCode::Unavailable, "write " + name_, "export");
    }
    /// What was written is in the file. Errors: as add().
    Result<> close() {
        if (!file_.is_open()) return {};
        file_.close();
        if (file_) return {};
        return fail(ErrorCode::Unavailable, "write " + name_, "export");
    }
    void show(Output& out) const {
        json::array list;
        for (const Sighting& each : first_) {
            if (list.size() < kMostOnScreen) out.line(line_of(each));
            list.push_back(found_json(each, has_second_));
        }
        if (first_.size() > kMostOnScreen) {
            out.line(name_.empty() ? "  … and more: --export FILE writes all of them"
                                   : "  … and more: all of them are in " + name_);
        }
        out.set("findings", std::move(list));
    }

private:
    std::string line_of(const Sighting& found) const {
        std::string where;
        if (found.kind == Sighting::Kind::Orphan) {
            const bool first = found.first == Condition::Whole;
            const bool both = first && has_second_ && found.second == Condition::Whole;
            where = both ? "in both stores" : first ? "in the first store" : "in the second store";
        } else {
            where = fmt::format("{} in the first store", text(found.first));
            if (has_second_) where += fmt::format(", {} in the second", text(found.second));
        }
        return fmt::format("  {:8} {}  {}, {}", word(found.kind), found.key,
                           format_size(found.size), where);
    }

    const bool has_second_;
    std::string name_;
    std::ofstream file_;
    std::vector<Sighting> first_;
};

/// On stderr: all the time on a terminal, now and then elsewhere.
class CensusProgress {
public:
    explicit CensusProgress(Clock& clock) : clock_(clock) {}
    ~CensusProgress() {
        if (terminal_ && told_) fmt::print(stderr, "\n");
    }
    CensusProgress(const CensusProgress&) = delete;
    CensusProgress& operator=(const CensusProgress&) = delete;

    void tell(const StoreCensus::Tally& so_far) {
        const Instant now = clock_.now();
        if (now - last_ < std::chrono::milliseconds(terminal_ ? 200 : 5000)) return;
        last_ = now;
        told_ = true;
        fmt::print(stderr, "{}{} of the ledger, {} lost, {} damaged, {} unknown{}",
                   terminal_ ? "\r" : "", so_far.objects, so_far.lost, so_far.damaged,
                   so_far.orphans, terminal_ ? " " : "\n");
        std::fflush(stderr);
    }

private:
    Clock& clock_;
    const bool terminal_ = ::isatty(STDERR_FILENO) != 0;
    Instant last_ = clock_.now();
    bool told_ = false;
};

json::object tally_json(const StoreCensus::Tally& tally, bool complete) {
    return {{"complete", complete},
            {"objects", tally.objects},
            {"bytes", tally.bytes},
            {"first_objects", tally.first},
            {"second_objects", tally.second},
            {"lost", tally.lost},
            {"lost_bytes", tally.lost_bytes},
            {"damaged", tally.damaged},
            {"waiting", tally.waiting},
            {"orphans", tally.orphans},
            {"orphan_bytes", tally.orphan_bytes},
            {"young", tally.young},
            {"stale", tally.stale},
            {"unsure", tally.unsure}};
}

void show_tally(const Output& out, const StoreCensus::Tally& tally, bool has_second) {
    out.line(fmt::format("ledger        {} objects, {}", tally.objects, format_size(tally.bytes)));
    out.line(fmt::format("first store   {} objects", tally.first));
    if (has_second) {
        out.line(fmt::format("second store  {} objects; {} are not copied yet", tally.second,
                             tally.waiting));
    }
    out.line(fmt::format("lost          {}, {}", tally.lost, format_size(tally.lost_bytes)));
    out.line(fmt::format("damaged       {}", tally.damaged));
    out.line(fmt::format("unknown       {}, {}; {} more are younger than an hour", tally.orphans,
                         format_size(tally.orphan_bytes), tally.young));
    if (tally.stale > 0) {
        out.line(fmt::format("not listed    {}, and yet there", tally.stale));
    }
    if (tally.unsure > 0) out.line(fmt::format("no answer     for {}", tally.unsure));
}

Outcome<> settle_census(const Result<>& done, const StoreCensus::Tally& tally) {
    if (!done && done.error().reason == "export") {
        return give_up(Exit::Refused, "export", done.error().message, "Is its disk full?");
    }
    if (!done && done.error().code == ErrorCode::Unavailable) {
        return give_up(Exit::Unreachable, "unavailable",
                       "it broke off, and says nothing of the rest: " + done.error().message,
                       "Look at both stores (syncwatch doctor), and repeat it.");
    }
    if (!done) return tl::unexpected<Failure>(failure_of(done.error()));
    if (tally.lost + tally.damaged > 0) return faults_failure(tally.damaged, tally.lost);
    if (tally.unsure > 0) {
        return give_up(Exit::Partial, "partial",
                       fmt::format("a store did not say whether it has {} objects: {}",
                                   tally.unsure, tally.why),
                       "Repeat it; nothing was called lost that may be there.");
    }
    return {};
}

Outcome<> find_lost(Invocation& invocation, const LostArguments& arguments) {
    const config::Settings& settings = invocation.settings;
    auto admin = Admin::open(invocation);
    if (!admin) return tl::unexpected<Failure>(admin.error());
    Powers& powers = (*admin)->powers();
    const fs::path scratch =
        settings.data.dir / fmt::format("copies-lost-{}", static_cast<long>(::getpid()));
    auto stores = CopyingStores::open(settings, {powers.clock, powers.random}, scratch,
                                      fmt::format("lost-{}", static_cast<long>(::getpid())));
    if (!stores) return tl::unexpected<Failure>(failure_of(stores.error()));
    const bool has_second = (*stores)->second() != nullptr;
    FoundObjects findings(has_second);
    if (auto opened = findings.open(arguments.export_to); !opened) return opened;
    Result<> done;
    StoreCensus::Tally tally;
    {
        CensusProgress progress(powers.clock);
        StoreCensus census(
            {(*stores)->first(), (*stores)->second(), powers.replicas, powers.clock},
            [&findings](const Sighting& found) { return findings.add(found); },
            [&progress](const auto& so_far) { progress.tell(so_far); });
        done = run_to_end(census.run());
        tally = census.tally();
    }
    if (done) done = findings.close();
    stores->reset();
    std::error_code ignored;
    fs::remove_all(scratch, ignored);
    show_tally(invocation.out, tally, has_second);
    findings.show(invocation.out);
    invocation.out.set("census", tally_json(tally, done.has_value()));
    if (!arguments.export_to.empty())
        invocation.out.set("export", json::value(arguments.export_to));
    return settle_census(done, tally);
}

}  // namespace

void add_replicate_lost(CLI::App& replicate, Command& chosen) {
    const auto arguments = std::make_shared<LostArguments>();
    CLI::App* lost = replicate.add_subcommand(
        "lost",
        "Compare the ledger with what both stores list: which objects are lost, which a store "
        "lacks, and which nobody knows of. Asks for each by itself before it says that it is "
        "missing; reads no bytes, removes nothing. Running servers repair what it finds");
    lost->add_option("--export", arguments->export_to,
                     "Write everything that was found into a file, a line of JSON each")
        ->type_name("FILE");
    lost->callback([&chosen, arguments] {
        chosen.run = [arguments](Invocation& invocation) {
            return find_lost(invocation, *arguments);
        };
    });
}

}  // namespace syncwatch::apps
