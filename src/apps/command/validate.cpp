#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "apps/command/admin.h"
#include "apps/command/store_words.h"
#include "apps/node/copying_stores.h"

namespace syncwatch::apps {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

/// On the screen, of each list.
constexpr std::size_t kMostListed = 10;

void show_list(Invocation& invocation, const char* name, const char* title,
               const std::vector<std::string>& keys) {
    json::array list;
    for (const std::string& each : keys) list.emplace_back(each);
    invocation.out.set(name, std::move(list));
    if (keys.empty()) return;
    invocation.out.line(fmt::format("{:16} {}", title, keys.size()));
    for (std::size_t i = 0; i < keys.size() && i < kMostListed; ++i) {
        invocation.out.line("  " + keys[i]);
    }
    if (keys.size() > kMostListed) invocation.out.line("  … --json has all of them");
}

Outcome<> validate_stores(Invocation& invocation, StoreCheck::Then then) {
    const auto report = look_at_stores(invocation, then);
    if (!report) return tl::unexpected<Failure>(report.error());
    show_stores(invocation, *report);
    if (report->lost.empty()) return {};
    return give_up(Exit::VerificationFailed, "objects_lost",
                   fmt::format("{} objects are in no store", report->lost.size()),
                   "A server makes them again where the original is kept; other films have to be "
                   "uploaded again, or their store brought back.");
}

}  // namespace

Outcome<StoreReport> look_at_stores(const Invocation& invocation, StoreCheck::Then then) {
    const config::Settings& settings = invocation.settings;
    auto admin = Admin::open(invocation);
    if (!admin) return tl::unexpected<Failure>(admin.error());
    Powers& powers = (*admin)->powers();
    if (settings.second.on() && then == StoreCheck::Then::Mark) {
        const auto named = (*admin)->run(powers.replicas.use_second(settings.second.name()));
        if (!named) return tl::unexpected<Failure>(named.error());
    }
    const fs::path scratch = settings.data.dir / fmt::format("validate-{}", ::getpid());
    auto stores = CopyingStores::open(settings, {powers.clock, powers.random}, scratch,
                                      fmt::format("validate-{}", settings.node.name));
    if (!stores) return tl::unexpected<Failure>(failure_of(stores.error()));
    StoreCheck check(
        {*powers.database, powers.replicas, (*stores)->first(), (*stores)->second(), powers.clock});
    auto report = (*admin)->run(check.run(then));
    stores->reset();
    std::error_code ignored;
    fs::remove_all(scratch, ignored);
    return report;
}

void show_stores(Invocation& invocation, const StoreReport& report) {
    Output& out = invocation.out;
    out.line(fmt::format("{:16} {}", "objects", report.objects));
    show_list(invocation, "lost", "in no store", report.lost);
    show_list(invocation, "not_in_first", "second store only", report.not_in_first);
    show_list(invocation, "not_in_second", "first store only", report.not_in_second);
    show_list(invocation, "unknown", "nobody knows", report.unknown);
    if (report.waiting > 0) out.line(fmt::format("{:16} {}", "to be copied", report.waiting));
    if (report.marked > 0) {
        out.line(
            fmt::format("{:16} {}: a running server does it", "marked to mend", report.marked));
    }
    json::object rows;
    for (const auto& [what, count] : report.rows) rows[what] = count;
    const auto told = [&](const char* what, const char* words) {
        const auto count = report.rows.at(what);
        if (count > 0) out.line(fmt::format("{:16} {}", words, count));
    };
    told("users", "accounts");
    told("rooms", "rooms");
    told("videos", "films");
    told("trash", "being removed");
    told("jobs_running", "being encoded");
    told("uploads_unfinished", "unfinished uploads");
    out.set("objects", report.objects);
    out.set("waiting", report.waiting);
    out.set("marked", report.marked);
    out.set("rows", std::move(rows));
}

void add_validate(CLI::App& app, Command& chosen) {
    CLI::App* validate =
        app.add_subcommand("validate", "Looks whether what is stored belongs together.");
    validate->require_subcommand(1);
    CLI::App* stores = validate->add_subcommand(
        "stores",
        "What the database knows next to what the object stores have, as after a restore. What a "
        "store lacks is marked, so that a running server mends it; what nobody knows is told. Ends "
        "with 5 where an object is in no store. Whether each is whole, replicate audit tells");
    const auto tell = std::make_shared<bool>(false);
    stores->add_flag("--dry-run", *tell, "Mark nothing");
    stores->callback([&chosen, tell] {
        chosen.run = [tell](Invocation& invocation) {
            return validate_stores(invocation,
                                   *tell ? StoreCheck::Then::Tell : StoreCheck::Then::Mark);
        };
    });
}

}  // namespace syncwatch::apps
