// What was deleted and is still in the second store, where we may not delete.
#include <filesystem>
#include <fstream>
#include <memory>

#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "apps/command/admin.h"
#include "apps/command/replicate_commands.h"
#include "apps/node/copying_stores.h"
#include "services/objects/far_store.h"

namespace syncwatch::apps {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr int kLeftAtOnce = 500;
constexpr std::size_t kMostLeftShown = 1000;

struct LeftArguments {
    std::string export_to;
};

struct LeftTally {
    std::uint64_t left = 0;
    std::uint64_t gone = 0;
    std::vector<LeftBehind> some;
};

/// Asks for each whether it is still there, and forgets those that are not.
Async<> look_at_left(ObjectLedger& ledger, BlobStore& second, std::ostream* to, LeftTally& tally) {
    std::string after;
    for (bool more = true; more;) {
        SW_CO_TRY(const auto page, co_await ledger.left_behind(after, kLeftAtOnce));
        for (const LeftBehind& each : page) {
            std::string key = each.key;
            SW_CO_TRY(const bool is_there, co_await has_any(second, std::move(key)));
            after = each.key;
            if (!is_there) {
                ++tally.gone;
                SW_CO_CHECK(co_await ledger.forget_left(after));
                continue;
            }
            ++tally.left;
            if (tally.some.size() < kMostLeftShown) tally.some.push_back(each);
            if (to != nullptr) *to << each.key << '\n';
        }
        more = page.size() == kLeftAtOnce;
    }
    co_return Result<>();
}

Outcome<> show_left(Invocation& invocation, const LeftArguments& arguments) {
    const config::Settings& settings = invocation.settings;
    if (!settings.second.on()) {
        return give_up(Exit::Refused, "no_second_store", "no second store is configured",
                       "Name one in objects.second.");
    }
    std::ofstream file;
    if (!arguments.export_to.empty()) file.open(arguments.export_to, std::ios::trunc);
    if (!arguments.export_to.empty() && !file) {
        return give_up(Exit::Refused, "export", "cannot write " + arguments.export_to,
                       "Name a file in a folder that you may write to.");
    }
    auto admin = Admin::open(invocation);
    if (!admin) return tl::unexpected<Failure>(admin.error());
    Powers& powers = (*admin)->powers();
    const std::string name = fmt::format("left-{}", static_cast<long>(::getpid()));
    const fs::path scratch = settings.data.dir / ("copies-" + name);
    auto stores = CopyingStores::open(settings, {powers.clock, powers.random}, scratch, name);
    if (!stores) return tl::unexpected<Failure>(failure_of(stores.error()));
    LeftTally tally;
    const auto done = (*admin)->run(
        look_at_left(powers.media, *(*stores)->second(), file.is_open() ? &file : nullptr, tally));
    stores->reset();
    std::error_code ignored;
    fs::remove_all(scratch, ignored);
    if (!done) return tl::unexpected<Failure>(done.error());
    if (file.is_open()) file.close();
    if (!file) {
        return give_up(Exit::Refused, "export", "cannot write " + arguments.export_to,
                       "Is its disk full?");
    }
    json::array list;
    for (const LeftBehind& each : tally.some) {
        invocation.out.line(fmt::format("{}  {}", format_rfc3339(each.left_at), each.key));
        list.push_back(json::object{{"key", each.key}, {"left_at", format_rfc3339(each.left_at)}});
    }
    invocation.out.line(fmt::format(
        "{} to be removed from the second store by hand, or by its own rule; {} are gone there "
        "since",
        tally.left, tally.gone));
    invocation.out.set("left", tally.left);
    invocation.out.set("gone", tally.gone);
    invocation.out.set("keys", std::move(list));
    return {};
}

}  // namespace

void add_replicate_left(CLI::App& replicate, Command& chosen) {
    const auto arguments = std::make_shared<LeftArguments>();
    CLI::App* left = replicate.add_subcommand(
        "left",
        "What was deleted and is still in the second store, because we may not delete there: keys "
        "and prefixes for whoever may. Asks for each, and forgets what is gone");
    left->add_option("--export", arguments->export_to, "Write them into a file, one a line")
        ->type_name("FILE");
    left->callback([&chosen, arguments] {
        chosen.run = [arguments](Invocation& invocation) {
            return show_left(invocation, *arguments);
        };
    });
}

}  // namespace syncwatch::apps
