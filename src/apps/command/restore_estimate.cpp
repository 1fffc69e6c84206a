#include "apps/command/restore_estimate.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "apps/command/backup_desk.h"
#include "base/quantity.h"
#include "recovery/backups/standing.h"

namespace syncwatch::apps {
namespace {

namespace json = boost::json;

Outcome<recovery::Standing> standing_of(const Invocation& invocation,
                                        const BackupArguments& arguments,
                                        const recovery::LiveFacts& live) {
    auto desk = CommandDesk::open(invocation, arguments, CommandDesk::For::Restore);
    if (!desk) return tl::unexpected<Failure>(desk.error());
    const auto survey = (*desk)->run((*desk)->desk().catalogue().survey());
    if (!survey) return tl::unexpected<Failure>(survey.error());
    const auto all = recovery::standings((*desk)->plan(), *survey, {live}, (*desk)->clock().wall());
    return *std::ranges::find(all, live.component, &recovery::Standing::component);
}

}  // namespace

void tell_expected_time(Invocation& invocation, const BackupArguments& arguments,
                        const std::string& component,
                        std::map<recovery::BackupId, std::uint64_t> copies) {
    recovery::LiveFacts live;
    live.component = component;
    live.copies = std::move(copies);
    const Output& out = invocation.out;
    const auto standing = standing_of(invocation, arguments, live);
    const bool is_known = standing && standing->time;
    json::value seconds = nullptr;
    if (is_known) {
        seconds = std::chrono::duration<double>(*standing->time).count();
        out.line(fmt::format("takes          {:.1f} s, as the test of {} with all its looks",
                             seconds.as_double(), format_rfc3339(standing->restored)));
    } else {
        out.line(
            "takes          not known: " +
            (standing ? std::string("none was restored in a test yet") : standing.error().what));
    }
    invocation.out.set("expected_seconds", std::move(seconds));
}

void tell_loss(Invocation& invocation, std::optional<WallTime> moment, WallTime now) {
    if (!moment) {
        invocation.out.line("what is lost   whatever was committed after that");
        invocation.out.set("lost_seconds", nullptr);
        return;
    }
    const double seconds = std::max(std::chrono::duration<double>(now - *moment).count(), 0.0);
    invocation.out.line(fmt::format("what is lost   whatever was committed since {}: {}",
                                    format_rfc3339(*moment), format_span(seconds)));
    invocation.out.set("lost_seconds", seconds);
}

}  // namespace syncwatch::apps
