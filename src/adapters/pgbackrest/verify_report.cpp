#include "adapters/pgbackrest/verify_report.h"

#include <charconv>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace syncwatch::pgbackrest {
namespace {

using Audit = DatabaseBackups::Audit;

/// "name: value, other name: value".
std::map<std::string, std::string, std::less<>> parts_of(std::string_view line) {
    std::map<std::string, std::string, std::less<>> parts;
    while (!line.empty()) {
        const std::size_t comma = line.find(", ");
        const std::string_view part = line.substr(0, comma);
        line = comma == std::string_view::npos ? std::string_view() : line.substr(comma + 2);
        const std::size_t colon = part.find(": ");
        if (colon == std::string_view::npos) return {};
        parts.emplace(part.substr(0, colon), part.substr(colon + 2));
    }
    return parts;
}

std::optional<std::uint64_t> count_of(const std::map<std::string, std::string, std::less<>>& parts,
                                      std::string_view name) {
    const auto found = parts.find(name);
    if (found == parts.end()) return std::nullopt;
    std::uint64_t count = 0;
    const char* const end = found->second.data() + found->second.size();
    const auto [stopped, error] = std::from_chars(found->second.data(), end, count);
    if (error != std::errc() || stopped != end) return std::nullopt;
    return count;
}

/// One archive or backup that is spoken of.
struct Subject {
    std::string label;  ///< Empty: the log.
    std::string name;   ///< For words: "backup 2026…F", "the log 15-1".
    std::uint64_t checked = 0;
    bool is_good = false;     ///< As its own line says.
    bool has_losses = false;  ///< The line that says how many are missing was there.
    std::string words;
};

class Report {
public:
    explicit Report(std::string_view stanza) : stanza_(stanza) {}

    void take(std::string_view line) {
        if (line.empty()) return;
        if (line == fmt::format("stanza: {}", stanza_)) return;
        if (line == "status: ok" || line == "status: error") {
            has_status_ = true;
            is_good_ = line == "status: ok";
            return;
        }
        const auto parts = parts_of(line);
        if (parts.contains("archiveId")) return take_log(parts);
        if (parts.contains("backup")) return take_backup(parts);
        if (parts.contains("missing")) return take_losses(line, parts);
        fault("", std::string(line));
    }

    Audit finish() && {
        close();
        if (!has_status_) fault("", "pgBackRest did not say how its look ended");
        if (!is_good_ && audit_.faults.empty()) fault("", "pgBackRest found an error");
        return std::move(audit_);
    }

private:
    void fault(std::string label, std::string words) {
        audit_.faults.push_back({std::move(label), std::move(words)});
    }

    void take_log(const std::map<std::string, std::string, std::less<>>& parts) {
        close();
        const auto checked = count_of(parts, "total WAL checked");
        const auto valid = count_of(parts, "total valid WAL");
        subject_.emplace();
        subject_->name = "the log " + parts.find("archiveId")->second;
        subject_->checked = checked.value_or(0);
        subject_->is_good = checked && valid && *checked == *valid;
        audit_.segments += checked.value_or(0);
        if (checked && valid && *checked != *valid) {
            subject_->words = fmt::format("{} of {} segments", *checked - *valid, *checked);
        }
    }

    void take_backup(const std::map<std::string, std::string, std::less<>>& parts) {
        close();
        const auto checked = count_of(parts, "total files checked");
        const auto valid = count_of(parts, "total valid files");
        const auto status = parts.find("status");
        subject_.emplace();
        subject_->label = parts.find("backup")->second;
        subject_->name = "backup " + subject_->label;
        subject_->checked = checked.value_or(0);
        subject_->words = status == parts.end() ? "says no status" : status->second;
        subject_->is_good =
            subject_->words == "valid" && checked && valid && *checked == *valid && *checked > 0;
        audit_.files += checked.value_or(0);
    }

    void take_losses(std::string_view line,
                     const std::map<std::string, std::string, std::less<>>& parts) {
        if (!subject_) return fault("", std::string(line));
        subject_->has_losses = true;
        for (const char* each : {"missing", "checksum invalid", "size invalid", "other"}) {
            const auto count = count_of(parts, each);
            if (!count) subject_->is_good = false;
            if (!count || *count == 0) continue;
            subject_->is_good = false;
            subject_->words += fmt::format(", {}: {}", each, *count);
        }
    }

    void close() {
        if (!subject_) return;
        const Subject done = *std::move(subject_);
        subject_.reset();
        // Nothing was checked of a log that is empty; the line of losses is left out then.
        const bool is_whole = done.has_losses || (done.label.empty() && done.checked == 0);
        if (!done.is_good || !is_whole) {
            fault(done.label, fmt::format("{}: {}", done.name, done.words));
        } else if (!done.label.empty()) {
            audit_.sound.push_back(done.label);
        }
    }

    const std::string_view stanza_;
    bool has_status_ = false;
    bool is_good_ = false;
    std::optional<Subject> subject_;
    Audit audit_;
};

}  // namespace

DatabaseBackups::Audit read_verify_report(std::string_view text, std::string_view stanza) {
    Report report(stanza);
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        while (!line.empty() && line.front() == ' ') line.remove_prefix(1);
        report.take(line);
    }
    return std::move(report).finish();
}

}  // namespace syncwatch::pgbackrest
