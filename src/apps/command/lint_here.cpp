#include "apps/command/lint_here.h"

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include <boost/asio/thread_pool.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "adapters/age/age_program.h"
#include "adapters/system/system_clock.h"
#include "adapters/system/system_random.h"
#include "apps/backup/open_repository.h"
#include "apps/command/outlook_now.h"
#include "apps/escrow/named_files.h"
#include "base/async/run_to_end.h"
#include "base/digest.h"
#include "base/quantity.h"

namespace syncwatch::apps {
namespace {

using recovery::Finding;
using recovery::Reason;
using recovery::Standing;

Finding refused(Finding::Kind kind, std::string where, const Error& error) {
    Failure failure = failure_of(error);
    if (failure.hint.empty()) failure.hint = "Mend that, and look again.";
    return {kind, std::move(where), std::move(failure.what), std::move(failure.hint)};
}

/// One name for each machine: a place that keeps everything keeps one probe of it.
std::string probe_of(const std::string& node) {
    constexpr std::size_t kShown = 8;
    const Sha256Sum sum = sha256(as_bytes(node));
    return "v1/probe/" + encode_hex(std::span(sum).first(kShown));
}

class Places {
public:
    explicit Places(std::string node) : node_(std::move(node)) {}
    ~Places() { pool_.join(); }

    /// Nothing: it is as the plan has it.
    std::optional<Finding> look(const std::string& name, const recovery::Repository& place) {
        const std::string where = fmt::format("repository.{}", name);
        auto opened = OpenRepository::open(place, {clock_, random_, pool_});
        if (!opened) return refused(Finding::Kind::Fault, where + ".url", opened.error());
        auto found = probe(where, place, (*opened)->get());
        (*opened)->stop();
        return found;
    }
    /// Whether age is there, for who needs it.
    std::optional<Finding> look_for_age() {
        age::AgeProgram age({}, pool_);
        const auto version = run_to_end(age.version());
        if (version) return std::nullopt;
        return refused(Finding::Kind::Fault, "escrow.recipients", version.error());
    }

private:
    std::optional<Finding> probe(const std::string& where, const recovery::Repository& place,
                                 BackupRepository& repository) {
        const std::string name = probe_of(node_);
        const std::string bytes = "syncwatch plan lint --here, on " + node_ + "\n";
        if (const auto created = run_to_end(repository.create(name, bytes)); !created) {
            return refused(Finding::Kind::Fault, where + ".url", created.error());
        }
        const auto read = run_to_end(repository.read(name));
        if (!read) return refused(Finding::Kind::Fault, where + ".url", read.error());
        if (*read != bytes) {
            return Finding{Finding::Kind::Fault, where + ".url",
                           "it gives back other bytes than it took",
                           "Look at the disk, or at what stands before the store."};
        }
        const auto removed = run_to_end(repository.remove(name));
        const bool is_kept = !removed && removed.error().code == ErrorCode::Conflict;
        if (!removed && !is_kept)
            return refused(Finding::Kind::Fault, where + ".url", removed.error());
        if (removed && !place.may_delete) {
            return Finding{Finding::Kind::Fault, where + ".may_delete",
                           "the keys that this machine has can delete there",
                           "Give it keys that cannot: whoever takes this machine over takes the "
                           "backups with it."};
        }
        if (is_kept && place.may_delete) {
            return Finding{Finding::Kind::Warning, where + ".may_delete",
                           "the keys that this machine has cannot delete there, so nothing expires",
                           "Say may_delete = false, and let the store's own rule expire it."};
        }
        return std::nullopt;
    }

    const std::string node_;
    SystemClock clock_;
    SystemRandom random_;
    net::thread_pool pool_{2};
};

void look_at_files(const Invocation& invocation, const recovery::Plan& plan,
                   std::vector<Finding>& findings) {
    for (const NamedFile& each : named_files(invocation.settings, plan)) {
        if (::access(each.path.c_str(), R_OK) == 0) continue;
        findings.push_back({Finding::Kind::Fault, each.role,
                            each.path.string() + " cannot be read, or is not there",
                            "Mend what names it, or let the user that makes backups read it."});
    }
}

std::string seconds_text(std::chrono::milliseconds span) {
    return fmt::format("{:.1f} s", std::chrono::duration<double>(span).count());
}

std::optional<Finding> finding_of(const ComponentOutlook& component) {
    const Standing& standing = component.standing;
    const std::string backup = "backup." + standing.component;
    const std::string objective =
        "objective." + (standing.part.empty() ? standing.component : standing.part);
    std::string next = component.detail.empty() ? "syncwatch status tells more." : component.detail;
    if (!component.command.empty()) next = component.command + " is what to do next.";
    switch (component.judgement.reason) {
        case Reason::None:
        case Reason::NotPlanned: return std::nullopt;
        case Reason::TakesTooLong:
            return Finding{
                Finding::Kind::Fault, objective + ".rto",
                fmt::format("bringing {} back takes {} as the last restore test measured it, and "
                            "{} is promised",
                            standing.component, seconds_text(*standing.time),
                            format_span(*standing.promised_time)),
                "Promise less, or look at what it waits for: syncwatch backup restore-test."};
        case Reason::LosesTooMuch:
            return Finding{Finding::Kind::Fault, objective + ".rpo",
                           fmt::format("{} of {} would be lost now, and {} is promised",
                                       standing.loss ? format_span(*standing.loss) : "all",
                                       standing.component, format_span(*standing.promised_loss)),
                           next};
        case Reason::NeverRestored:
            return Finding{Finding::Kind::Warning, backup, "no test ever brought it back", next};
        case Reason::Damaged: return Finding{Finding::Kind::Fault, backup, standing.damage, next};
        case Reason::Overdue:
            return Finding{Finding::Kind::Fault, backup, "a run of it is late", next};
        case Reason::NoBackup:
            return Finding{Finding::Kind::Fault, backup, "there is no backup of it", next};
        case Reason::NotFollowed:
            return Finding{Finding::Kind::Fault, backup, "the log that should follow it does not",
                           next};
        case Reason::Away: break;
    }
    return Finding{Finding::Kind::Warning, backup, "nothing that knows of it answers now",
                   component.detail.empty() ? next : component.detail};
}

void look_at_promises(const Invocation& invocation, std::vector<Finding>& findings) {
    const auto now = look_out(invocation, {});
    if (!now) {
        findings.push_back(
            {Finding::Kind::Warning, "backup",
             "what is backed up cannot be told: " + now.error().what,
             now.error().hint.empty() ? "syncwatch status tells more." : now.error().hint});
        return;
    }
    for (const ComponentOutlook& each : now->outlook.components) {
        if (auto found = finding_of(each)) findings.push_back(*std::move(found));
    }
}

}  // namespace

std::vector<Finding> lint_here(const Invocation& invocation, const recovery::Plan& plan) {
    std::vector<Finding> findings;
    look_at_files(invocation, plan, findings);
    Places places(invocation.settings.node.name);
    bool has_places = false;
    for (const auto& [name, place] : plan.repositories) {
        auto found = places.look(name, place);
        has_places = has_places || !found;
        if (found) findings.push_back(*std::move(found));
    }
    if (!plan.escrow_recipients.empty()) {
        if (auto found = places.look_for_age()) findings.push_back(*std::move(found));
    }
    if (has_places) look_at_promises(invocation, findings);
    return findings;
}

}  // namespace syncwatch::apps
