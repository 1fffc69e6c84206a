#include "recovery/plan/lint.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/quantity.h"
#include "recovery/plan/age_recipient.h"
#include "recovery/plan/lint_channels.h"

namespace syncwatch::recovery {
namespace {

using namespace std::chrono;
using Kind = Finding::Kind;

/// What a log that is shipped file by file is behind at most: a server that is asked to ends its
/// file after so long.
constexpr seconds kLogBehind{60};

class Linter {
public:
    Linter(const Plan& plan, WallTime now) : plan_(plan), now_(now) {}

    std::vector<Finding> look() {
        look_at_review();
        for (const std::string& part : part_names()) {
            if (!plan_.objectives.contains(part)) {
                warn(fmt::format("objective.{}", part), "nothing is promised about it",
                     "Say how long it may be away (rto), and what may be lost (rpo).");
            }
        }
        for (const Component& each : components()) look_at_backup(each.name, each.runs.front());
        look_at_deleted_films();
        look_at_repositories();
        look_at_verification();
        look_at_people();
        std::ranges::move(lint_channels(plan_), std::back_inserter(findings_));
        return std::move(findings_);
    }

private:
    void fault(std::string where, std::string what, std::string hint) {
        findings_.push_back({Kind::Fault, std::move(where), std::move(what), std::move(hint)});
    }
    void warn(std::string where, std::string what, std::string hint) {
        findings_.push_back({Kind::Warning, std::move(where), std::move(what), std::move(hint)});
    }

    void look_at_review() {
        if (!plan_.review_by) {
            return warn("review_by", "nobody has said when the plan is looked at again",
                        "A plan that nobody reads goes stale: name a day within half a year.");
        }
        if (*plan_.review_by <= now_) {
            fault("review_by", "the review is overdue",
                  "Read the plan, mend it, count plan_version up, and name the next day.");
        }
    }

    void look_at_backup(const std::string& name, const std::string& main_run) {
        const std::string where = "backup." + name;
        const auto found = plan_.backups.find(name);
        if (found == plan_.backups.end() || found->second.runs.empty()) {
            return fault(where, "it is not backed up",
                         fmt::format("Say when, as in {} = \"daily 02:00\".", main_run));
        }
        const BackupRule& rule = found->second;
        const auto main = rule.runs.find(main_run);
        if (main == rule.runs.end()) {
            return fault(
                where, fmt::format("there is no {}", main_run),
                fmt::format("Everything else stands on it: {} = \"Sun 02:00\".", main_run));
        }
        const seconds period = main->second.period();
        if (rule.keep && main->second.is_timed() && *rule.keep <= period) {
            fault(where + ".keep",
                  fmt::format("the last {} is gone before the next is due", main_run),
                  fmt::format("Keep them for longer than {}.", format_span(period)));
        }
        look_at_loss(name, rule);
    }

    /// A database of an earlier moment refers to what was deleted since.
    void look_at_deleted_films() {
        const auto objects = plan_.backups.find("objects");
        const auto database = plan_.backups.find("database");
        if (objects == plan_.backups.end() || database == plan_.backups.end()) return;
        const auto& kept = objects->second.keep;
        const auto& reaches = database->second.keep;
        if (!kept || (reaches && *reaches <= *kept)) return;
        warn("backup.objects.keep",
             "a database that is restored from its oldest backup refers to films that are gone",
             "Keep what was deleted as long as backups of the database.");
    }

    /// Whether what may be lost between two runs is what is promised.
    void look_at_loss(const std::string& name, const BackupRule& rule) {
        const auto objective = plan_.objectives.find(name);
        if (objective == plan_.objectives.end() || !objective->second.rpo) return;
        const seconds promised = *objective->second.rpo;
        const seconds possible = most_lost(rule);
        if (possible <= promised) return;
        const std::string where = fmt::format("objective.{}.rpo", name);
        const std::string what = fmt::format("{} may be lost, {} is promised",
                                             format_span(possible), format_span(promised));
        if (possible == kLogBehind) {
            return warn(where, what,
                        "A log that is streamed rather than shipped file by file may hold it.");
        }
        fault(where, what, "Back it up more often, or promise less.");
    }

    static seconds most_lost(const BackupRule& rule) {
        seconds least = hours(24 * 366);
        for (const auto& [run, schedule] : rule.runs) {
            const seconds behind = schedule.is_timed() ? schedule.period()
                                   : run == "log"      ? kLogBehind
                                                       : seconds(0);
            least = std::min(least, behind);
        }
        return least;
    }

    void look_at_repositories() {
        const auto near = plan_.repositories.find("near");
        const auto far = plan_.repositories.find("far");
        if (plan_.repositories.empty()) {
            return fault(
                "repository", "there is no place for backups",
                "Name one under [repository.near], and one far away under [repository.far].");
        }
        if (near == plan_.repositories.end() || far == plan_.repositories.end()) {
            warn("repository", "there is one place for all backups",
                 "A fire, a mistake or a thief reaches both the system and its backups: add a "
                 "second "
                 "one elsewhere.");
        } else if (near->second.url == far->second.url) {
            fault("repository.far.url", "it is the same place as the near one",
                  "Two names for one place are one place.");
        }
        if (far != plan_.repositories.end() && far->second.may_delete) {
            warn("repository.far.may_delete", "whoever has this machine can delete the far backups",
                 "Give it keys that cannot delete, set may_delete = false, and let the store's own "
                 "rule expire them.");
        }
        for (const auto& [name, repository] : plan_.repositories) look_at_url(name, repository);
    }

    void look_at_url(const std::string& name, const Repository& repository) {
        const std::string where = fmt::format("repository.{}.url", name);
        const std::string_view url = repository.url;
        const bool is_s3 = url.starts_with("s3:");
        if (!is_s3 && !url.starts_with("file:/")) {
            return fault(where, "it is no place that is known",
                         "It is file: and the whole path of a folder, or s3: as in objects.url.");
        }
        if (is_s3 && url.find('@') != std::string_view::npos) {
            fault(where, "there is a secret in the plan",
                  "Plans are read and printed: put keys into a file and name it in "
                  "credentials_file.");
        }
        if (is_s3 && repository.credentials_file.empty()) {
            fault(fmt::format("repository.{}.credentials_file", name), "it is missing",
                  "Name the file with the store's keys, as in objects.credentials_file.");
        }
        if (!repository.key_file.empty() && plan_.escrow_recipients.empty()) {
            fault(fmt::format("repository.{}.key_file", name),
                  "its key is on this machine alone, and nobody can read the backups when that is "
                  "gone",
                  "Name who can: [escrow] recipients = [\"age1…\"].");
        }
    }

    void look_at_verification() {
        if (!plan_.restore_test) {
            fault("verification.restore_test", "no backup is ever restored",
                  "Nobody knows of a backup whether it is one until then: restore_test = \"daily "
                  "04:00\".");
        }
        if (!plan_.read_again_within) {
            warn("verification.read_again_within", "what is kept is not read again",
                 "Disks forget: say how often every byte is, as in \"30d\".");
        }
    }

    void look_at_people() {
        if (plan_.contacts.empty()) {
            warn("contact", "nobody is named", "Name who is called, under [[contact]].");
        }
        const auto& recipients = plan_.escrow_recipients;
        if (recipients.size() < 2) {
            warn("escrow.recipients",
                 recipients.empty() ? "nobody can open the secrets when this machine is gone"
                                    : "one key opens the secrets: if it is lost, they are",
                 "Name the age keys of two people who keep them elsewhere.");
        }
        for (const std::string& each : recipients) {
            // Whoever mistook one for the other has shown the secret key to whoever reads plans.
            const bool is_secret = each.starts_with("AGE-SECRET-KEY-");
            if (is_secret) {
                fault("escrow.recipients", "there is a secret key in the plan",
                      "Make a new one: age-keygen -y KEYFILE prints what belongs here.");
            } else if (!is_age_recipient(each)) {
                fault("escrow.recipients", fmt::format("{} is no public key of age", each),
                      "It begins with age1, and age-keygen -y KEYFILE prints it; a letter may be "
                      "wrong.");
            }
        }
        for (const std::string& each : plan_.escrow_files) {
            if (each.starts_with('/')) continue;
            fault("escrow.files", fmt::format("{} is no whole path of a file", each),
                  "It begins with a slash.");
        }
    }

    const Plan& plan_;
    const WallTime now_;
    std::vector<Finding> findings_;
};

}  // namespace

std::vector<Finding> lint(const Plan& plan, WallTime now) {
    return Linter(plan, now).look();
}

}  // namespace syncwatch::recovery
