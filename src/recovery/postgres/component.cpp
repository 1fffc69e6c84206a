#include "recovery/postgres/component.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "recovery/backups/held_folder.h"
#include "recovery/postgres/contents.h"
#include "recovery/postgres/server_clock.h"

namespace syncwatch::recovery {
namespace {

namespace fs = std::filesystem;
using Backup = DatabaseBackups::Backup;

std::string label_key(const std::string& repository) {
    return "label." + repository;
}

DatabaseBackups::Kind engine_kind(BackupKind kind) {
    if (kind == BackupKind::Differential) return DatabaseBackups::Kind::Differential;
    if (kind == BackupKind::Incremental) return DatabaseBackups::Kind::Incremental;
    return DatabaseBackups::Kind::Full;
}

BackupKind kind_of(const Backup& backup) {
    if (backup.kind == DatabaseBackups::Kind::Differential) return BackupKind::Differential;
    if (backup.kind == DatabaseBackups::Kind::Incremental) return BackupKind::Incremental;
    return BackupKind::Full;
}

/// The record that has a label in its annotations.
const BackupRecord* find(const std::vector<BackupRecord>& records, const std::string& key,
                         const std::string& label) {
    for (const BackupRecord& each : records) {
        const auto found = each.annotations.find(key);
        if (found != each.annotations.end() && found->second == label) return &each;
    }
    return nullptr;
}

void fill(BackupRecord& record, const Backup& made) {
    record.kind = kind_of(made);
    record.system_id = made.system_id;
    record.engine = made.engine;
    record.engine_version = made.engine_version;
    record.position = fmt::format("{}/{}", made.timeline, wal::text(made.ends));
    record.raw_bytes = made.raw_bytes;
    record.stored_bytes = made.stored_bytes;
    record.window = {whole_from(made), whole_from(made)};
    record.annotations["begins"] = wal::text(made.begins);
    record.annotations["ends"] = wal::text(made.ends);
    record.annotations["timeline"] = std::to_string(made.timeline);
    record.annotations["postgresql"] = made.server_version;
}

/// What a backup and the log that belongs to it lack in one repository.
std::vector<std::string> lacks(const PgShelf& shelf, const std::string& label) {
    const auto found = std::ranges::find(shelf.backups, label, &Backup::label);
    if (found == shelf.backups.end()) return {label + " is not there"};
    std::vector<std::string> faults;
    if (found->has_bad_pages) faults.push_back(label + " has pages with wrong checksums");
    for (const std::string& each : found->stands_on) {
        if (std::ranges::find(shelf.backups, each, &Backup::label) == shelf.backups.end()) {
            faults.push_back(each + " is not there, and " + label + " stands on it");
        }
    }
    const auto reach = reach_of(shelf, *found, found->timeline);
    if (!reach || !reach->is_whole) {
        faults.push_back(
            fmt::format("the log that makes {} whole is not there: it goes to {}, not {}", label,
                        wal::text(reach ? reach->to : found->begins), wal::text(found->ends)));
    }
    for (const std::string& each : holes_in(shelf.log, found->begins)) {
        faults.push_back(each + " is missing in the middle of the log");
    }
    return faults;
}

}  // namespace

std::vector<PgComponent::Copy> PgComponent::copies_of(const BackupRecord& record) const {
    std::vector<Copy> copies;
    for (std::size_t i = 0; i < engine_.repositories().size(); ++i) {
        const auto found = record.annotations.find(label_key(engine_.repositories()[i]));
        if (found != record.annotations.end()) copies.push_back({i, found->second});
    }
    return copies;
}

/// The server, after the repositories have been made ready for it.
Async<DatabaseBackups::Server> PgComponent::ready_server() {
    SW_CO_TRY(DatabaseBackups::Server server, co_await engine_.server());
    if (!server.is_archiving) {
        co_return fail(ErrorCode::Conflict, "PostgreSQL does not archive its log", "no_archiving");
    }
    bool is_prepared = true;
    for (std::size_t i = 0; i < engine_.repositories().size(); ++i) {
        SW_CO_TRY(const auto backups, co_await engine_.list(i));
        is_prepared = is_prepared && !backups.empty();
    }
    if (!is_prepared) {
        SW_CO_CHECK(co_await engine_.prepare());
    }
    co_return server;
}

/// What it will stand on. Where that is no backup that counts, a full one is made instead.
Async<std::vector<BackupId>> PgComponent::parents_of(std::size_t repository, BackupKind& kind,
                                                     BackupHistory history) {
    std::vector<BackupId> parents;
    if (kind == BackupKind::Full) co_return parents;
    SW_CO_TRY(const auto backups, co_await engine_.list(repository));
    const std::string key = label_key(engine_.repositories()[repository]);
    for (auto each = backups.rbegin(); each != backups.rend(); ++each) {
        const bool is_full = each->kind == DatabaseBackups::Kind::Full;
        if (kind == BackupKind::Differential && !is_full) continue;
        if (const BackupRecord* const parent = find(history.records, key, each->label)) {
            parents.push_back(parent->id);
        }
        break;
    }
    if (parents.empty()) kind = BackupKind::Full;
    co_return parents;
}

Async<BackupRecord> PgComponent::run(Request request) {
    const WallTime before = clock_.wall();
    SW_CO_TRY(const DatabaseBackups::Server server, co_await ready_server());
    const auto ahead = clock_ahead(before, server.clock, clock_.wall());
    const auto rows_before = co_await engine_.rows();
    BackupRecord record;
    record.id = request.id;
    record.component = name_;
    record.started = clock_.wall();
    const TellProgress tell = request.tell;
    const std::uint64_t bytes = server.bytes;
    BackupKind kind = request.kind;
    SW_CO_TRY(record.parents, co_await parents_of(0, kind, request.history));
    for (std::size_t i = 0; i < engine_.repositories().size(); ++i) {
        const std::string& name = engine_.repositories()[i];
        DatabaseBackups::Tell hear = [tell, bytes, name](double part) {
            const Progress progress{"copying into " + name,
                                    static_cast<std::uint64_t>(part * static_cast<double>(bytes)),
                                    bytes};
            if (tell) tell(progress);
        };
        std::map<std::string, std::string> words{{"syncwatch", request.id.text()}};
        if (ahead) words[kClockAhead] = std::to_string(ahead->count());
        auto made = co_await engine_.run(i, engine_kind(kind), std::move(words), std::move(hear));
        if (!made && (i == 0 || made.error().code == ErrorCode::Cancelled)) {
            co_return fail(std::move(made).error());
        }
        if (made) {
            SW_CO_TRY(const PgShelf shelf, co_await read_shelf(engine_, i, false));
            const auto reach = reach_of(shelf, *made, made->timeline);
            const bool is_good = reach && reach->is_whole && !made->has_bad_pages;
            if (!is_good && i == 0) {
                const std::vector<std::string> faults = lacks(shelf, made->label);
                co_return fail(ErrorCode::Corrupt, fmt::format("{}", fmt::join(faults, "; ")));
            }
            if (i == 0) fill(record, *made);
            if (is_good) record.annotations[label_key(name)] = made->label;
            // Another repository may have missed some, and stand on others.
            for (const std::string& label : made->stands_on) {
                const BackupRecord* const parent =
                    find(request.history.records, label_key(name), label);
                const bool is_new =
                    parent != nullptr &&
                    std::ranges::find(record.parents, parent->id) == record.parents.end();
                if (is_new) record.parents.push_back(parent->id);
            }
        } else {
            // It counts with one copy; whoever looks at it sees that the other is missing.
            record.annotations["missing." + name] = made.error().message;
        }
    }
    if (ahead) record.annotations[kClockAhead] = std::to_string(ahead->count());
    record.schema_version = server.schema_version;
    record.annotations["role"] = server.is_standby ? "standby" : "primary";
    record.finished = clock_.wall();
    const auto rows_after = co_await engine_.rows();
    const auto server_after = co_await engine_.server();
    if (rows_before && rows_after && server_after) {
        note_contents({server.next_transaction, *rows_before},
                      {server_after->next_transaction, *rows_after}, record);
    }
    co_return record;
}

Async<std::vector<BackupRecord>> PgComponent::unrecorded(BackupHistory history, MakeId make_id) {
    std::vector<BackupRecord> found;
    for (std::size_t i = 0; i < engine_.repositories().size(); ++i) {
        const std::string key = label_key(engine_.repositories()[i]);
        SW_CO_TRY(const PgShelf shelf, co_await read_shelf(engine_, i, false));
        for (const Backup& each : shelf.backups) {
            if (find(history.records, key, each.label) != nullptr) continue;
            // What is not whole is no backup.
            if (!lacks(shelf, each.label).empty()) continue;
            const auto own = each.annotations.find("syncwatch");
            const auto id =
                BackupId::parse(own == each.annotations.end() ? std::string() : own->second);
            const auto is_it = [&id](const BackupRecord& record) {
                return id.has_value() && record.id == *id;
            };
            if (std::ranges::any_of(history.records, is_it)) continue;
            if (const auto same = std::ranges::find_if(found, is_it); same != found.end()) {
                // Of one run: the copy in the other repository.
                same->annotations[key] = each.label;
                continue;
            }
            BackupRecord record;
            record.id = id ? *id : make_id(each.started);
            record.component = name_;
            fill(record, each);
            record.started = each.started;
            record.finished = each.finished;
            record.annotations[key] = each.label;
            record.annotations["adopted"] = format_rfc3339(clock_.wall());
            for (const std::string& label : each.stands_on) {
                const BackupRecord* parent = find(history.records, key, label);
                if (parent == nullptr) parent = find(found, key, label);
                if (parent != nullptr) record.parents.push_back(parent->id);
            }
            found.push_back(std::move(record));
        }
    }
    std::ranges::sort(found, {}, &BackupRecord::started);
    co_return found;
}

Async<PgComponent::Words> PgComponent::look(Copy copy, BackupRecord record, VerifyLevel level,
                                            Verification& seen) {
    SW_CO_TRY(const PgShelf shelf, co_await read_shelf(engine_, copy.repository, false));
    std::vector<std::string> faults = lacks(shelf, copy.label);
    const auto found = std::ranges::find(shelf.backups, copy.label, &Backup::label);
    if (found == shelf.backups.end()) co_return Words{std::move(faults), {}};
    if (level == VerifyLevel::Structure) {
        const bool is_it = found->system_id == record.system_id &&
                           (copy.repository != 0 || found->raw_bytes == record.raw_bytes);
        if (!is_it) faults.push_back(copy.label + " is not the backup that was recorded");
    }
    SW_CO_TRY(const DatabaseBackups::Audit audit, co_await engine_.verify(copy.repository));
    seen.bytes += found->stored_bytes;
    seen.counts["files." + shelf.name] = audit.files;
    seen.counts["segments." + shelf.name] = audit.segments;
    std::vector<std::string> concerned = found->stands_on;
    concerned.push_back(copy.label);
    for (const DatabaseBackups::Fault& each : audit.faults) {
        const bool is_ours =
            each.label.empty() || std::ranges::find(concerned, each.label) != concerned.end();
        if (is_ours) faults.push_back(each.words);
    }
    for (const std::string& each : concerned) {
        const bool is_said =
            std::ranges::find(audit.sound, each) != audit.sound.end() ||
            std::ranges::find(audit.faults, each, &DatabaseBackups::Fault::label) !=
                audit.faults.end();
        if (!is_said) faults.push_back("nothing was said of " + each);
    }
    co_return Words{std::move(faults), {}};
}

Async<PgComponent::Words> PgComponent::rehearse(Copy copy, BackupRecord record,
                                                Verification& seen) {
    // What its log lacks no rehearsal shows, which ends with the backup.
    SW_CO_TRY(const PgShelf shelf, co_await read_shelf(engine_, copy.repository, false));
    std::vector<std::string> faults = lacks(shelf, copy.label);
    if (std::ranges::find(shelf.backups, copy.label, &Backup::label) == shelf.backups.end()) {
        co_return Words{std::move(faults), {}};
    }
    SW_CO_TRY(const auto scratch, HeldFolder::make(scratch_, "syncwatch-pg-"));
    fs::path folder = scratch->path();
    SW_CO_TRY(DatabaseBackups::Rehearsal rehearsal,
              co_await engine_.rehearse(copy.repository, copy.label, std::move(folder), visitor_));
    seen.bytes += rehearsal.bytes;
    seen.counts.insert(rehearsal.counts.begin(), rehearsal.counts.end());
    faults.insert(faults.end(), rehearsal.faults.begin(), rehearsal.faults.end());
    if (rehearsal.next_transaction > 0) {
        const auto others = differences(record, {rehearsal.next_transaction, rehearsal.counts});
        faults.insert(faults.end(), others.begin(), others.end());
    }
    Visit& visit = rehearsal.visit;
    faults.insert(faults.end(), visit.faults.begin(), visit.faults.end());
    if (!visit.films.empty()) seen.counts[kDamagedFilms] += visit.films.size();
    Words words{std::move(faults), std::move(visit.films)};
    words.seen.insert(words.seen.end(), visit.seen.begin(), visit.seen.end());
    co_return words;
}

Async<Verification> PgComponent::verify(BackupRecord record, VerifyLevel level, TellProgress tell) {
    Verification seen;
    seen.backup = record.id;
    seen.level = level;
    const Instant begun = clock_.now();
    const std::vector<Copy> copies = copies_of(record);
    Words words;
    if (copies.empty()) {
        words.faults.emplace_back("its record names no label in any of the repositories");
    }
    for (const Copy& copy : copies) {
        const std::string& name = engine_.repositories()[copy.repository];
        const Progress progress{"checking " + name, 0, 0};
        if (tell) tell(progress);
        auto looking = level == VerifyLevel::Restore ? rehearse(copy, record, seen)
                                                     : look(copy, record, level, seen);
        auto found = co_await std::move(looking);
        if (!found) co_return fail(std::move(found).error().within(name));
        for (const std::string& each : found->faults) words.faults.push_back(name + ": " + each);
        for (const std::string& each : found->seen) words.seen.push_back(name + ": " + each);
    }
    seen.sound = words.faults.empty();
    // What is wrong first.
    words.faults.insert(words.faults.end(), words.seen.begin(), words.seen.end());
    seen.words = fmt::format("{}", fmt::join(words.faults, "; "));
    seen.took = std::chrono::duration_cast<std::chrono::milliseconds>(clock_.now() - begun);
    co_return seen;
}

Async<std::vector<Window>> PgComponent::windows(BackupHistory history) {
    std::vector<Window> all;
    for (std::size_t i = 0; i < engine_.repositories().size(); ++i) {
        SW_CO_TRY(PgShelf shelf, co_await read_shelf(engine_, i, true));
        const std::string key = label_key(shelf.name);
        std::erase_if(shelf.backups, [&](const Backup& each) {
            return find(history.records, key, each.label) == nullptr;
        });
        const auto windows = windows_of(shelf);
        all.insert(all.end(), windows.begin(), windows.end());
    }
    co_return joined_windows(std::move(all));
}

Async<> PgComponent::forget(std::vector<BackupRecord> gone) {
    for (const BackupRecord& record : gone) {
        for (const Copy& copy : copies_of(record)) {
            SW_CO_CHECK(co_await engine_.forget(copy.repository, copy.label));
        }
    }
    co_return Result<>();
}

}  // namespace syncwatch::recovery
