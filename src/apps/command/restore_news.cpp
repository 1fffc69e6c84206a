#include "apps/command/restore_news.h"

#include <cstdio>
#include <utility>

#include <fmt/format.h>

#include "apps/plan/plan_source.h"

namespace syncwatch::apps {

RestoreNews::RestoreNews(const Invocation& invocation, std::string component, std::string into)
    : component_(std::move(component)),
      into_(std::move(into)),
      node_(invocation.settings.node.name),
      site_(invocation.settings.server.public_url.empty() ? node_
                                                          : invocation.settings.server.public_url),
      since_(clock_.wall()) {
    const auto plan = load_plan(invocation.settings.recovery.plan);
    if (!plan || plan->channels.empty()) return;
    crier_.emplace(*plan, clock_);
    say(Severity::News, fmt::format("a restore of {} into {} was begun", component_, into_), "");
}

Outcome<> RestoreNews::ended(Outcome<> outcome) {
    if (!crier_) return outcome;
    warn_of_deaf();
    const std::string what = fmt::format("the restore of {} into {} ", component_, into_);
    if (outcome) {
        say(Severity::News, what + "is done", "");
    } else {
        say(Severity::Warning, what + "failed: " + outcome.error().what, outcome.error().hint);
    }
    warn_of_deaf();
    return outcome;
}

void RestoreNews::say(Severity severity, const std::string& what, std::string next) {
    Notice notice;
    notice.key = "restore." + component_;
    notice.turn = Notice::Turn::Once;
    notice.severity = severity;
    notice.installation = node_;
    notice.site = site_;
    notice.component = component_;
    notice.what = what;
    notice.next = std::move(next);
    notice.doc = "docs/recovery/";
    notice.since = since_;
    notice.at = clock_.wall();
    crier_->cry(notice);
}

void RestoreNews::warn_of_deaf() {
    for (const Crier::Heard& each : crier_->wait()) {
        if (each.outcome) continue;
        fmt::print(stderr, "{} did not hear of it: {}\n", each.channel,
                   each.outcome.error().message);
    }
}

}  // namespace syncwatch::apps
