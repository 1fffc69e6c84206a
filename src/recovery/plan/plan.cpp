#include "recovery/plan/plan.h"

#include <fmt/format.h>

#include "base/quantity.h"

namespace syncwatch::recovery {
namespace {

using Entries = std::map<std::string, std::string>;

void add_objectives(const Plan& plan, Entries& to) {
    for (const auto& [part, objective] : plan.objectives) {
        to[fmt::format("objective.{}.rto", part)] = write_span(objective.rto);
        if (objective.rpo) to[fmt::format("objective.{}.rpo", part)] = write_span(*objective.rpo);
    }
}

void add_backups(const Plan& plan, Entries& to) {
    for (const auto& [component, rule] : plan.backups) {
        const std::string section = fmt::format("backup.{}.", component);
        for (const auto& [run, schedule] : rule.runs) to[section + run] = schedule.text();
        to[section + "keep"] = rule.keep ? write_span(*rule.keep) : "forever";
        to[section + "keep_full"] = std::to_string(rule.keep_full);
        if (!rule.storage_class.empty()) to[section + "storage_class"] = rule.storage_class;
    }
}

void add_repositories(const Plan& plan, Entries& to) {
    for (const auto& [name, repository] : plan.repositories) {
        const std::string section = fmt::format("repository.{}.", name);
        to[section + "url"] = repository.url;
        to[section + "may_delete"] = repository.may_delete ? "true" : "false";
        const auto set = [&](const char* key, const std::string& value) {
            if (!value.empty()) to[section + key] = value;
        };
        set("credentials_file", repository.credentials_file);
        set("key_file", repository.key_file);
    }
}

void add_people(const Plan& plan, Entries& to) {
    for (std::size_t i = 0; i < plan.contacts.size(); ++i) {
        const Contact& contact = plan.contacts[i];
        to[fmt::format("contact.{}", i + 1)] =
            fmt::format("{}: {}, {}", contact.role, contact.name, contact.reach);
    }
    for (std::size_t i = 0; i < plan.escrow_recipients.size(); ++i) {
        to[fmt::format("escrow.recipients.{}", i + 1)] = plan.escrow_recipients[i];
    }
    for (std::size_t i = 0; i < plan.escrow_files.size(); ++i) {
        to[fmt::format("escrow.files.{}", i + 1)] = plan.escrow_files[i];
    }
    if (!plan.escrow_identity.empty()) to["escrow.identity_file"] = plan.escrow_identity;
}

void add_channels(const Plan& plan, Entries& to) {
    for (const Channel& each : plan.channels) {
        const std::string section = fmt::format("notify.{}.", each.name);
        const auto set = [&](const char* key, const std::string& value) {
            if (!value.empty()) to[section + key] = value;
        };
        set("kind", std::string(word(each.kind)));
        set("url", shown_address(each.url));
        set("credentials_file", each.credentials_file);
        set("ca_file", each.ca_file);
        set("from", each.from);
        set("to", fmt::format("{}", fmt::join(each.to, ", ")));
        std::string about;
        for (const Severity one : each.about) {
            about += fmt::format("{}{}", about.empty() ? "" : ", ", word(one));
        }
        set("about", about);
        if (!each.encrypted) set("encrypted", "false");
    }
    if (!plan.heartbeat) return;
    const Heartbeat& beat = *plan.heartbeat;
    if (!beat.url.empty()) to["heartbeat.url"] = shown_address(beat.url);
    if (!beat.url_file.empty()) to["heartbeat.url_file"] = beat.url_file;
    if (!beat.fail_url.empty()) to["heartbeat.fail_url"] = shown_address(beat.fail_url);
    if (!beat.ca_file.empty()) to["heartbeat.ca_file"] = beat.ca_file;
}

}  // namespace

const std::vector<std::string>& part_names() {
    static const std::vector<std::string> kNames{"app",     "database", "redis",
                                                 "objects", "turn",     "region"};
    return kNames;
}

const std::vector<Component>& components() {
    static const std::vector<Component> kComponents{
        {"database", {"full", "differential", "log"}},
        {"redis", {"snapshot"}},
        {"objects", {"copy"}},
        {"config", {"bundle"}},
        {"secrets", {"bundle"}},
    };
    return kComponents;
}

Entries entries(const Plan& plan) {
    Entries all;
    all["plan_version"] = std::to_string(plan.version);
    if (plan.review_by) all["review_by"] = format_rfc3339(*plan.review_by).substr(0, 10);
    add_objectives(plan, all);
    add_backups(plan, all);
    add_repositories(plan, all);
    if (plan.restore_test) all["verification.restore_test"] = plan.restore_test->text();
    if (plan.read_again_within) {
        all["verification.read_again_within"] = write_span(*plan.read_again_within);
    }
    add_people(plan, all);
    add_channels(plan, all);
    return all;
}

}  // namespace syncwatch::recovery
