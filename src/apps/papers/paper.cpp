#include "apps/papers/paper.h"

#include <algorithm>
#include <iterator>
#include <map>

#include <fmt/format.h>

#include "apps/papers/procedures.h"
#include "apps/papers/times.h"
#include "base/quantity.h"

namespace syncwatch::apps {
namespace {

using recovery::Standing;

std::string verdict(const Standing& standing) {
    if (standing.damaged) return "**DAMAGED**: the last look found it so";
    if (standing.component == "objects" && !standing.loss)
        return "**no**: there is no second store";
    if (!standing.loss) return "**no**: there is no backup";
    if (!standing.time && standing.component != "objects") {
        return "**never restored in a test**: nobody knows whether it comes back";
    }
    if (standing.misses_loss()) return "**no**: too much would be lost";
    if (standing.misses_time()) return "**no**: it would take too long";
    return "yes";
}

Promise measured(const Standing& standing) {
    Promise promise;
    promise.component = standing.component;
    promise.loses_now = standing.loss;
    promise.takes_now = standing.time;
    promise.test_took = standing.restore_took;
    promise.test_bytes = standing.restored_bytes;
    promise.tested = standing.restored;
    promise.verdict = verdict(standing);
    return promise;
}

/// Of what nothing was measured.
std::string unmeasured(const PaperFacts& facts, const std::string& part) {
    if (!facts.plan.backups.contains(part)) return "not measured";
    if (facts.plan.repositories.empty()) return "**no**: there is no place for backups";
    return facts.silent.empty() ? "there is none here" : "**not known now**";
}

std::vector<Promise> promises_of(const PaperFacts& facts) {
    std::vector<Promise> all;
    for (const std::string& part : recovery::part_names()) {
        std::vector<Promise> found;
        for (const Standing& each : facts.standings) {
            if (each.part == part) found.push_back(measured(each));
        }
        const auto promised = facts.plan.objectives.find(part);
        if (promised == facts.plan.objectives.end() && found.empty()) continue;
        if (found.empty()) {
            found.emplace_back();
            found.back().verdict = unmeasured(facts, part);
        }
        for (Promise& each : found) {
            each.part = part;
            if (promised != facts.plan.objectives.end()) {
                each.time = promised->second.rto;
                each.loss = promised->second.rpo;
            }
            all.push_back(std::move(each));
        }
    }
    // Settings and secrets: nothing is promised of them by themselves.
    for (const Standing& each : facts.standings) {
        if (!each.part.empty()) continue;
        all.push_back(measured(each));
        all.back().part = each.component;
    }
    return all;
}

std::string places_of(const PaperFacts& facts, const std::string& component) {
    if (component == "objects") {
        const auto& second = facts.settings.second;
        return second.on() ? shown_url(second.name()) : "**nowhere**";
    }
    std::string all;
    for (const auto& [name, place] : facts.plan.repositories) {
        // The embedded database follows into the near one.
        const bool follows = component == "database" && !facts.settings.postgres.on();
        if (follows && name != "near") continue;
        all = all.empty() ? name : name + ", " + all;
    }
    return all.empty() ? "**nowhere**" : all;
}

std::vector<Kept> kept_of(const PaperFacts& facts) {
    std::vector<Kept> all;
    for (const recovery::Component& component : recovery::components()) {
        const auto rule = facts.plan.backups.find(component.name);
        if (rule == facts.plan.backups.end()) continue;
        Kept kept;
        kept.component = component.name;
        for (const std::string& run : component.runs) {
            const auto when = rule->second.runs.find(run);
            if (when == rule->second.runs.end()) continue;
            kept.runs +=
                fmt::format("{}{} {}", kept.runs.empty() ? "" : ", ", run, when->second.text());
        }
        kept.where = places_of(facts, component.name);
        kept.how_long = rule->second.keep ? format_span(*rule->second.keep) : "for good";
        if (component.runs.size() > 1)
            kept.how_long += fmt::format(", {} full ones at least", rule->second.keep_full);
        kept.storage_class = rule->second.storage_class;
        for (const Standing& each : facts.standings) {
            if (each.part != component.name && each.component != component.name) continue;
            kept.newest = std::max(kept.newest, each.backed_up);
            kept.verified = std::max(kept.verified, each.verified);
        }
        all.push_back(std::move(kept));
    }
    return all;
}

std::vector<std::string> lines_of_places(const recovery::Plan& plan) {
    std::vector<std::string> lines;
    for (const char* name : {"near", "far"}) {
        const auto place = plan.repositories.find(name);
        if (place == plan.repositories.end()) continue;
        lines.push_back(fmt::format(
            "{}: `{}`{}{}{}", name, shown_url(place->second.url),
            place->second.credentials_file.empty()
                ? ""
                : fmt::format(", with the keys in `{}`", place->second.credentials_file),
            place->second.may_delete ? "" : "; these keys cannot delete",
            place->second.key_file.empty()
                ? ""
                : fmt::format("; encrypted: its key is in `{}`, and in it for the holders of the "
                              "recovery keys",
                              place->second.key_file)));
    }
    return lines;
}

/// Whose promise a procedure keeps.
std::string part_of(const std::string& procedure) {
    static const std::map<std::string, std::string> kParts{
        {"database-lost", "database"}, {"database-mistake", "database"}, {"redis-lost", "redis"},
        {"redis-data-lost", "redis"},  {"objects-lost", "objects"},      {"machine-lost", "region"},
        {"server-down", "app"},        {"bad-release", "app"},           {"turn-down", "turn"}};
    const auto found = kParts.find(procedure);
    return found == kParts.end() ? std::string() : found->second;
}

std::string expected_of(const std::vector<std::string>& components,
                        const std::vector<Standing>& standings) {
    if (components.empty()) return "as long as the steps take: nothing is brought back from afar";
    std::string known;
    std::string unknown;
    std::chrono::milliseconds sum{0};
    for (const std::string& name : components) {
        const auto standing = std::ranges::find(standings, name, &Standing::component);
        if (standing == standings.end() || !standing->time) {
            unknown += (unknown.empty() ? "" : ", ") + name;
            continue;
        }
        sum += *standing->time;
        known += fmt::format("{}{}: {} for {} on {}", known.empty() ? "" : "; ", name,
                             time_text(standing->restore_took),
                             format_size(standing->restored_bytes), day_text(standing->restored));
    }
    std::string text;
    if (!known.empty()) {
        text =
            fmt::format("about {} for the data of today, and the steps around it (in a test, {})",
                        time_text(sum), known);
    }
    if (unknown.empty()) return text;
    if (unknown == "objects") return "as fast as the stores copy: no test measures it";
    return fmt::format("{}{}**nobody knows of {}**: never restored in a test", text,
                       text.empty() ? "" : "; ", unknown);
}

}  // namespace

Paper make_paper(const PaperFacts& facts) {
    const Typist typist(facts);
    const auto& settings = facts.settings;
    Paper paper;
    paper.installation =
        settings.server.public_url.empty() ? settings.node.name : settings.server.public_url;
    if (paper.installation.empty()) paper.installation = "SyncWatch";
    paper.version = facts.version;
    paper.plan = fmt::format("{}, version {}", facts.plan_name, facts.plan.version);
    if (facts.plan.review_by) paper.review = format_rfc3339(*facts.plan.review_by).substr(0, 10);
    paper.made = facts.now;
    paper.promises = promises_of(facts);
    paper.missing = missing(facts);
    paper.kept = kept_of(facts);
    paper.places = lines_of_places(facts.plan);
    paper.contacts = facts.plan.contacts;
    paper.recipients = facts.plan.escrow_recipients;
    for (auto* each : {embedded_procedures, postgres_procedures, engine_procedures,
                       backup_procedures, service_procedures}) {
        std::ranges::move(each(facts, typist), std::back_inserter(paper.procedures));
    }
    for (Procedure& each : paper.procedures) {
        each.expected = expected_of(each.components, facts.standings);
        each.noting = typist.ours("plan note " + each.name + " --since MOMENT");
        std::ranges::copy_if(facts.carried_out, std::back_inserter(each.carried_out),
                             [&](const auto& done) { return done.procedure == each.name; });
        const auto promised = facts.plan.objectives.find(part_of(each.name));
        if (promised == facts.plan.objectives.end()) continue;
        each.promised = format_span(promised->second.rto);
    }
    return paper;
}

}  // namespace syncwatch::apps
