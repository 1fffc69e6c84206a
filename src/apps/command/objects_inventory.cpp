#include "apps/command/objects_inventory.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/quantity.h"

namespace syncwatch::apps {
namespace {

namespace json = boost::json;

constexpr int kMostLeftCounted = 100'000;

double age(const std::optional<WallTime>& then, WallTime now) {
    return then && *then < now ? std::chrono::duration<double>(now - *then).count() : 0;
}

double share(std::uint64_t part, std::uint64_t whole) {
    return whole == 0 ? 1 : static_cast<double>(part) / static_cast<double>(whole);
}

json::value age_json(const std::optional<WallTime>& then, WallTime now) {
    return then ? json::value(age(then, now)) : json::value(nullptr);
}

}  // namespace

std::chrono::seconds ObjectsInventory::lag() const {
    if (!second || !backlog.oldest) return std::chrono::seconds(0);
    const auto waits = std::chrono::floor<std::chrono::seconds>(at - *backlog.oldest);
    return std::max(waits, std::chrono::seconds(0));
}

Outcome<ObjectsInventory> take_inventory(Admin& admin, const config::Settings& settings) {
    Powers& powers = admin.powers();
    ObjectsInventory out;
    out.at = powers.clock.wall();
    out.audit_every = settings.second.audit_every;
    if (settings.second.on()) out.second = settings.second.name();
    const auto backlog = admin.run(powers.replicas.backlog());
    if (!backlog) return tl::unexpected<Failure>(backlog.error());
    if (out.second) out.backlog = *backlog;
    const auto covered = admin.run(powers.replicas.coverage(out.at - out.audit_every));
    if (!covered) return tl::unexpected<Failure>(covered.error());
    out.covered = *covered;
    const auto trash = admin.run(powers.media.trash_figures());
    if (!trash) return tl::unexpected<Failure>(trash.error());
    out.trash = *trash;
    const auto left = admin.run(powers.media.left_behind("", kMostLeftCounted));
    if (!left) return tl::unexpected<Failure>(left.error());
    out.left_behind = left->size();
    return out;
}

std::vector<std::string> coverage_lines(const LedgerCoverage& covered, const std::string& within,
                                        WallTime now) {
    const std::string oldest =
        covered.objects == 0 ? "there are none"
        : covered.oldest ? "the oldest look is " + format_span(age(covered.oldest, now)) + " ago"
                         : "some never were";
    const std::string newest =
        covered.newest ? ", the last " + format_span(age(covered.newest, now)) + " ago" : "";
    return {fmt::format("read back     {:.1f} % of the bytes{}; {}{}",
                        100 * share(covered.verified_bytes, covered.bytes), within, oldest, newest),
            fmt::format("damaged       {}", covered.damaged),
            fmt::format("lost          {}", covered.lost)};
}

json::object coverage_json(const LedgerCoverage& covered, WallTime now) {
    return {{"objects", covered.objects},
            {"bytes", covered.bytes},
            {"verified_objects", covered.verified_objects},
            {"verified_bytes", covered.verified_bytes},
            {"coverage", share(covered.verified_bytes, covered.bytes)},
            {"oldest_seconds", age_json(covered.oldest, now)},
            {"newest_seconds", age_json(covered.newest, now)},
            {"damaged", covered.damaged},
            {"lost", covered.lost}};
}

std::vector<std::string> inventory_lines(const ObjectsInventory& all) {
    std::vector<std::string> lines;
    lines.push_back("second store  " + all.second.value_or("none"));
    lines.push_back(
        fmt::format("objects       {}, {}", all.covered.objects, format_size(all.covered.bytes)));
    if (all.second) {
        lines.push_back(fmt::format("not copied    {}, {}; the oldest waits for {}",
                                    all.backlog.objects, format_size(all.backlog.bytes),
                                    format_span(all.lag())));
    }
    const auto looks =
        coverage_lines(all.covered, " within " + format_span(all.audit_every), all.at);
    lines.insert(lines.end(), looks.begin(), looks.end());
    lines.push_back(fmt::format("deleted       {} films, {}, that can be brought back",
                                all.trash.videos, format_size(all.trash.bytes)));
    if (all.left_behind > 0) {
        lines.push_back(
            fmt::format("left there    {} to be removed from the second store by "
                        "others: syncwatch replicate left",
                        all.left_behind));
    }
    return lines;
}

json::object inventory_json(const ObjectsInventory& all) {
    json::object out = coverage_json(all.covered, all.at);
    out["second"] = all.second ? json::value(*all.second) : json::value(nullptr);
    out["pending_objects"] = all.backlog.objects;
    out["pending_bytes"] = all.backlog.bytes;
    out["lag_seconds"] = all.second ? age(all.backlog.oldest, all.at) : 0;
    out["deleted_films"] = all.trash.videos;
    out["deleted_bytes"] = all.trash.bytes;
    out["left_behind"] = all.left_behind;
    return out;
}

}  // namespace syncwatch::apps
