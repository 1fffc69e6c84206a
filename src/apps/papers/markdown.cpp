#include <algorithm>

#include <fmt/format.h>

#include "apps/papers/render.h"
#include "apps/papers/times.h"

namespace syncwatch::apps {
namespace {

std::string row(const std::vector<std::string>& cells) {
    std::string line = "|";
    for (std::string cell : cells) {
        for (std::size_t at = 0; (at = cell.find('|', at)) != std::string::npos; at += 2) {
            cell.insert(at, "\\");
        }
        line += " " + cell + " |";
    }
    return line + "\n";
}

std::string headings(const std::vector<std::string>& cells) {
    std::string rule = "|";
    for (std::size_t i = 0; i < cells.size(); ++i) rule += "---|";
    return row(cells) + rule + "\n";
}

std::string moment(WallTime time) {
    return time == WallTime{} ? "never" : format_rfc3339(time).substr(0, 16) + "Z";
}

std::string span(const std::optional<std::chrono::seconds>& time, const char* otherwise) {
    return time ? format_span(*time) : otherwise;
}

std::string head(const Paper& paper) {
    std::string text = fmt::format("# Recovery plan of {}\n\n", paper.installation);
    text += fmt::format(
        "Written at {} by SyncWatch {}, from {}{}, this installation's settings, and what its "
        "repositories "
        "say. Commands are as they are typed here; `MOMENT` and `ID` are yours to fill in, and "
        "`WORD` "
        "is what the command before it shows. It is only as true as it is new: make it again with "
        "`syncwatch plan render`, and keep a copy where this installation is not.\n\n",
        moment(paper.made), paper.version, paper.plan,
        paper.review.empty() ? "" : " (to be read again by " + paper.review + ")");
    text += "## What is missing\n\n";
    if (paper.missing.empty()) text += "Nothing: all that is promised was tried, and held.\n";
    for (const std::string& each : paper.missing) text += "- " + each + "\n";
    return text + "\n";
}

std::string promises(const Paper& paper) {
    std::string text = "## What is promised, and what was measured\n\n";
    text += headings({"lost", "back within", "last restore test", "now it would take",
                      "may be lost", "now would be lost", "kept"});
    for (const Promise& each : paper.promises) {
        const std::string name = each.component.empty() || each.component == each.part
                                     ? each.part
                                     : each.part + " (" + each.component + ")";
        const bool tested = each.tested != WallTime{};
        text += row({name, span(each.time, "–"),
                     tested ? fmt::format("{} for {} at {}", time_text(each.test_took),
                                          format_size(each.test_bytes), moment(each.tested))
                     : each.component.empty() || each.component == "objects" ? "–"
                                                                             : "**never**",
                     each.takes_now ? time_text(*each.takes_now) : "–", span(each.loss, "–"),
                     each.component.empty() ? "–" : span(each.loses_now, "**everything**"),
                     each.verdict});
    }
    return text + "\n";
}

std::string kept(const Paper& paper) {
    std::string text = "## What is kept\n\n";
    text += headings({"what", "when (UTC)", "where", "for how long", "storage class", "newest",
                      "last found whole"});
    for (const Kept& each : paper.kept) {
        text += row({each.component, each.runs, each.where, each.how_long,
                     each.storage_class.empty() ? "the store's own" : each.storage_class,
                     moment(each.newest), moment(each.verified)});
    }
    text += "\n";
    if (paper.places.empty()) text += "**There is no place for backups.**\n";
    for (const std::string& each : paper.places) text += "- " + each + "\n";
    return text + "\n";
}

std::string people(const Paper& paper) {
    std::string text = "## Whom to call\n\n";
    if (paper.contacts.empty()) {
        text += "**Nobody is named.** Write them into the plan, under `[[contact]]`.\n";
    } else {
        text += headings({"role", "name", "reach"});
        for (const auto& each : paper.contacts) text += row({each.role, each.name, each.reach});
    }
    text += "\n";
    if (paper.recipients.empty()) {
        text += "**No recovery key**: when this machine is gone, nobody has the secrets.\n";
    } else {
        text += "Secrets are opened by the owner of any of these keys:\n\n";
        for (const std::string& each : paper.recipients) text += "- `" + each + "`\n";
    }
    return text + "\n";
}

std::string steps(const std::vector<Step>& all) {
    std::string text;
    int number = 0;
    for (const Step& each : all) {
        text += fmt::format("{}. {}\n", ++number, each.words);
        if (each.commands.empty()) continue;
        text += "   ```sh\n";
        for (const std::string& command : each.commands) text += "   " + command + "\n";
        text += "   ```\n";
    }
    return text + "\n";
}

/// Of how often it was, the newest are told.
std::string carried_out(const Procedure& what) {
    constexpr std::size_t kMost = 5;
    std::string text = "**Carried out**: ";
    if (what.carried_out.empty()) {
        return text + fmt::format("never, here. Whoever has, notes it: `{}`.\n", what.noting);
    }
    const std::size_t count = std::min(kMost, what.carried_out.size());
    for (std::size_t i = 0; i < count; ++i) {
        const auto& done = what.carried_out[what.carried_out.size() - 1 - i];
        text += fmt::format("{}{} in {}{}", i == 0 ? "" : "; ", moment(done.at),
                            time_text(done.took), done.remark.empty() ? "" : ", " + done.remark);
    }
    return text + ". From the loss until all was right.\n";
}

std::string procedure(const Procedure& what) {
    std::string text = fmt::format("### {}\n\n**Seen by**\n\n", what.title);
    for (const std::string& each : what.signs) text += "- " + each + "\n";
    text += fmt::format("\n**What people notice**: {}\n\n**Before anything is done**: {}\n\n",
                        what.effect, what.decision);
    if (!what.promised.empty())
        text += fmt::format("**Promised**: back within {}.\n", what.promised);
    text += fmt::format(
        "**Takes**: {}.\n{}\n**What to do**\n\n{}**Is it right?**\n\n{}**To undo it**: {}\n\n",
        what.expected, carried_out(what), steps(what.steps), steps(what.checks), what.way_back);
    return text;
}

}  // namespace

std::string markdown(const Paper& paper) {
    std::string text = head(paper) + promises(paper) + kept(paper) + people(paper);
    text +=
        "## When it happens\n\n"
        "1. Write down the time, now. One person leads and writes down what is done and when.\n"
        "2. Look before you act: what is restarted has lost its traces.\n"
        "3. Read the procedure to its end before its first step.\n"
        "4. Every command that replaces something has to be confirmed with the word that it shows, "
        "and removes nothing.\n"
        "5. When it is over: what was lost, how long it took (`syncwatch plan note PROCEDURE "
        "--since "
        "MOMENT`), and what of this paper was wrong. Change the plan, and render it again.\n\n";
    for (const Procedure& each : paper.procedures) text += procedure(each);
    return text;
}

}  // namespace syncwatch::apps
