#include "apps/command/plan_render.h"

#include <fstream>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <pwd.h>
#include <sys/stat.h>

#include "adapters/filesystem/files.h"
#include "adapters/system/system_clock.h"
#include "apps/command/backup_words.h"
#include "apps/command/outlook_now.h"
#include "apps/node/version.h"
#include "apps/papers/render.h"
#include "recovery/plan/lint.h"

namespace syncwatch::apps {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

/// Set up by the package: its units run it, with the file that belongs to them.
bool runs_by_systemd(const config::Settings& settings) {
    if (settings.config_file.parent_path() != "/etc/syncwatch") return false;
    std::error_code failed;
    return fs::exists("/lib/systemd/system/syncwatch.service", failed) ||
           fs::exists("/etc/systemd/system/syncwatch.service", failed);
}

/// Whom the data belong to: a drop-in may have changed who it runs as.
std::string owner_of(const fs::path& folder) {
    struct ::stat facts {};
    const char* const usual = "syncwatch";
    if (::stat(folder.c_str(), &facts) != 0 || facts.st_uid == 0) return usual;
    struct ::passwd entry {};
    struct ::passwd* found = nullptr;
    std::string room(16384, '\0');
    (void)::getpwuid_r(facts.st_uid, &entry, room.data(), room.size(), &found);
    return found == nullptr ? usual : found->pw_name;
}

/// What the repositories and engines say, as far as they answer.
void ask_around(const Invocation& invocation, PaperFacts& facts) {
    if (facts.plan.repositories.empty()) return;
    const Invocation asked{facts.settings, {}, invocation.out, invocation.flags};
    const auto now = look_out(asked, {});
    if (!now) {
        facts.silent.push_back(now.error().what + ". What was measured is missing below.");
        return;
    }
    for (const auto& each : now->outlook.components) facts.standings.push_back(each.standing);
    facts.cluster = now->cluster;
    auto carried_out = now->desk->run(now->desk->desk().catalogue().carried_out());
    if (carried_out) facts.carried_out = *std::move(carried_out);
    if (!carried_out) facts.silent.push_back(carried_out.error().what);
    for (const auto& each : now->outlook.away) facts.silent.push_back(trouble_line(each));
    if (!now->admin) facts.silent.push_back("films: " + now->admin_trouble);
}

/// The old one stays until the new one is whole.
Outcome<> write(const fs::path& file, std::string_view text) {
    const fs::path fresh = file.string() + ".new";
    std::ofstream out(fresh, std::ios::binary);
    out << text;
    out.close();
    if (!out) {
        return give_up(Exit::Refused, "not_written", file.string() + " cannot be written",
                       "Name another one with --out, in a folder that is there.");
    }
    const auto moved = filesystem::move_durably(fresh, file);
    if (!moved) return tl::unexpected<Failure>(failure_of(moved.error()));
    return {};
}

}  // namespace

Outcome<> render_plan(Invocation& invocation, RenderOrder order) {
    PaperFacts facts;
    facts.settings = invocation.settings;
    config::Settings& settings = facts.settings;
    if (!order.file.empty()) settings.recovery.plan = fs::absolute(order.file);
    if (!settings.config_file.empty()) settings.config_file = fs::absolute(settings.config_file);
    settings.data.dir = fs::absolute(settings.data.dir);
    facts.plan = std::move(order.plan);
    facts.plan_name = order.file.empty() ? order.name : settings.recovery.plan.string();
    facts.version = kVersion;
    facts.now = SystemClock().wall();
    facts.findings = recovery::lint(facts.plan, facts.now);
    facts.by_systemd = runs_by_systemd(settings);
    facts.user = owner_of(settings.data.dir);
    ask_around(invocation, facts);

    const Paper paper = make_paper(facts);
    std::string text = markdown(paper);
    const auto missing = paper.missing.size();
    if (order.out.empty()) {
        text.pop_back();
        invocation.out.line(text);
    } else {
        const fs::path out = fs::absolute(order.out);
        if (const auto written = write(out, text); !written) return written;
        invocation.out.line(fmt::format("written to {}; {} thing{} missing, named at its top",
                                        out.string(), missing, missing == 1 ? " is" : "s are"));
        invocation.out.set("out", json::string(out.string()));
    }
    invocation.out.set("paper", paper_json(paper));
    invocation.out.set("markdown", json::string(text));
    if (facts.silent.empty()) return {};
    return give_up(Exit::Partial, "not_all_known",
                   "the document is written without what did not "
                   "answer: " +
                       facts.silent.front(),
                   "It says so at its top. Make it again when they answer.");
}

}  // namespace syncwatch::apps
