#include "apps/plan/plan_file.h"

#include <string>
#include <utility>

#include <fmt/format.h>
#include <toml++/toml.h>

#include "apps/plan/channel_entries.h"
#include "apps/plan/toml_section.h"

namespace syncwatch::apps {
namespace {

using recovery::BackupRule;
using recovery::Component;
using recovery::components;
using recovery::Contact;
using recovery::Finding;
using recovery::Objective;
using recovery::part_names;
using recovery::Plan;
using recovery::Repository;
using Names = std::vector<std::string>;

std::string list_of(const Names& names) {
    return fmt::format("{}", fmt::join(names, ", "));
}

std::map<std::string, Objective> read_objectives(TomlSection section) {
    std::map<std::string, Objective> objectives;
    for (const std::string& name : part_names()) {
        auto part = section.section(name);
        if (!part) continue;
        Objective objective;
        objective.rpo = part->span("rpo");
        const auto rto = part->span("rto");
        if (!part->has("rto")) {
            part->fault("rto", "it is missing", "Say how long it may take until it works again.");
        }
        objective.rto = rto.value_or(std::chrono::seconds(0));
        part->refuse_others("rto and rpo");
        objectives.emplace(name, objective);
    }
    section.refuse_others(list_of(part_names()));
    return objectives;
}

BackupRule read_rule(TomlSection& section, const Component& component) {
    BackupRule rule;
    for (const std::string& run : component.runs) {
        if (auto schedule = section.schedule(run)) rule.runs.emplace(run, *std::move(schedule));
    }
    if (const auto keep = section.text("keep"); keep && *keep != "forever") {
        rule.keep = section.span("keep");
    }
    if (!section.has("keep")) {
        section.fault("keep", "it is missing", "Say how long, as in \"30d\", or \"forever\".");
    }
    rule.keep_full = section.count("keep_full").value_or(rule.keep_full);
    rule.storage_class = section.text("storage_class").value_or("");
    section.refuse_others(list_of(component.runs) + ", keep, keep_full and storage_class");
    return rule;
}

std::map<std::string, BackupRule> read_backups(TomlSection section) {
    std::map<std::string, BackupRule> backups;
    Names names;
    for (const Component& component : components()) {
        names.push_back(component.name);
        auto rule = section.section(component.name);
        if (rule) backups.emplace(component.name, read_rule(*rule, component));
    }
    section.refuse_others(list_of(names));
    return backups;
}

std::map<std::string, Repository> read_repositories(TomlSection section) {
    std::map<std::string, Repository> repositories;
    for (const char* name : {"near", "far"}) {
        auto entry = section.section(name);
        if (!entry) continue;
        Repository repository;
        repository.url = entry->text("url").value_or("");
        if (!entry->has("url")) {
            entry->fault("url", "it is missing",
                         "It is file: and the path of a folder, or s3: as in objects.url.");
        }
        repository.credentials_file = entry->text("credentials_file").value_or("");
        repository.may_delete = entry->flag("may_delete").value_or(true);
        repository.key_file = entry->text("key_file").value_or("");
        entry->refuse_others("url, credentials_file, may_delete and key_file");
        repositories.emplace(name, std::move(repository));
    }
    section.refuse_others("near and far");
    return repositories;
}

std::vector<Contact> read_contacts(std::vector<TomlSection> sections) {
    std::vector<Contact> contacts;
    for (TomlSection& each : sections) {
        contacts.push_back({each.text("role").value_or(""), each.text("name").value_or(""),
                            each.text("reach").value_or("")});
        each.refuse_others("role, name and reach");
    }
    return contacts;
}

Plan read(TomlSection file) {
    Plan plan;
    plan.version = file.count("plan_version").value_or(plan.version);
    plan.review_by = file.date("review_by");
    if (auto section = file.section("objective")) plan.objectives = read_objectives(*section);
    if (auto section = file.section("backup")) plan.backups = read_backups(*section);
    if (auto section = file.section("repository")) plan.repositories = read_repositories(*section);
    if (auto section = file.section("verification")) {
        plan.restore_test = section->schedule("restore_test");
        plan.read_again_within = section->span("read_again_within");
        section->refuse_others("restore_test and read_again_within");
    }
    if (auto section = file.section("escrow")) {
        plan.escrow_recipients = section->texts("recipients");
        plan.escrow_files = section->texts("files");
        plan.escrow_identity = section->text("identity_file").value_or("");
        section->refuse_others("recipients, files and identity_file");
    }
    for (auto& [name, repository] : plan.repositories) {
        repository.key_recipients = plan.escrow_recipients;
    }
    plan.contacts = read_contacts(file.sections("contact"));
    plan.channels = read_channels(file.sections("notify"));
    if (auto section = file.section("heartbeat")) plan.heartbeat = read_heartbeat(*section);
    file.refuse_others(
        "plan_version, review_by, [objective.…], [backup.…], [repository.…], [verification], "
        "[escrow], [[contact]], [[notify]] and [heartbeat]");
    return plan;
}

}  // namespace

ReadPlan read_plan(std::string_view toml) {
    ReadPlan result;
    try {
        const toml::table file = toml::parse(toml);
        result.plan = read(TomlSection("", file, result.faults));
    } catch (const toml::parse_error& error) {
        result.faults.push_back(
            {Finding::Kind::Fault, fmt::format("line {}", error.source().begin.line),
             "it is not TOML: " + std::string(error.description()), "Mend that line first."});
    }
    return result;
}

}  // namespace syncwatch::apps
