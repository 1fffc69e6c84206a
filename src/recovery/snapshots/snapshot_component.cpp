#include "recovery/snapshots/snapshot_component.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "recovery/backups/scratch_folder.h"

namespace syncwatch::recovery {
namespace {

namespace fs = std::filesystem;

void say(Verification& look, std::string_view words) {
    look.words += look.words.empty() ? "" : "; ";
    look.words += words;
}

/// Whether an error tells of the backup, and not of whoever could not look. What only one place has
/// was brought to the other before anybody looks: what is not there was taken away.
bool is_verdict(const Error& error) {
    return error.code == ErrorCode::Corrupt || error.code == ErrorCode::NotFound;
}

/// Where what came out is not what went in; empty: nowhere.
std::string difference(const SnapshotSource::Counts& recorded,
                       const SnapshotSource::Counts& found) {
    for (const auto& [what, count] : recorded) {
        const auto now = found.find(what);
        const std::uint64_t there = now == found.end() ? 0 : now->second;
        if (there != count) {
            return fmt::format("it has {} {}, and {} were backed up", there, what, count);
        }
    }
    return {};
}

}  // namespace

Async<BackupRecord> SnapshotComponent::run(Request request) {
    const ScratchFolder scratch(powers_.scratch / request.id.text());
    SW_CO_CHECK(scratch.make());
    BackupRecord record;
    record.id = request.id;
    record.component = name_;
    record.kind = BackupKind::Snapshot;
    record.started = powers_.clock.wall();
    record.annotations[SnapshotFiles::kFile] = powers_.source.file_name();
    const fs::path file = scratch.path() / powers_.source.file_name();
    if (request.tell) request.tell({"taking the snapshot", 0, 0});
    SW_CO_TRY(auto facts, co_await powers_.source.take(file));
    if (request.tell) request.tell({"storing it", 0, facts.bytes});
    SW_CO_TRY(auto stored, co_await powers_.files.put(record, file));
    record.finished = powers_.clock.wall();
    record.system_id = std::move(facts.system_id);
    record.engine = std::move(facts.engine);
    record.engine_version = std::move(facts.engine_version);
    record.position = std::move(facts.position);
    record.counts = std::move(facts.counts);
    record.raw_bytes = facts.bytes;
    record.stored_bytes = stored.bytes;
    record.root = std::move(stored.sha256);
    record.window = {facts.moment, facts.moment};
    co_return record;
}

/// Reads the file in every place; one that is whole becomes `whole`. False: there is none.
Async<bool> SnapshotComponent::look_at_copies(BackupRecord record, fs::path whole,
                                              std::shared_ptr<Verification> look) {
    bool found = false;
    bool damaged = false;
    Error away{ErrorCode::Unavailable, "there is no repository", {}, {}};
    bool somebody_answered = false;
    for (std::size_t place = 0; place < powers_.files.places().size(); ++place) {
        const std::string& where = powers_.files.places()[place].name;
        const fs::path to = found ? fs::path(whole.string() + ".other") : whole;
        const auto fetched = co_await powers_.files.fetch_from(place, record, to);
        if (fetched) {
            found = true;
            look->bytes += record.stored_bytes;
        } else {
            say(*look, fmt::format("in {}: {}", where, fetched.error().message));
        }
        const bool is_bad = !fetched && is_verdict(fetched.error());
        damaged = damaged || is_bad;
        somebody_answered = somebody_answered || fetched || is_bad;
        if (!fetched) away = fetched.error();
        std::error_code ignored;
        if (to != whole) fs::remove(to, ignored);
    }
    if (!somebody_answered) co_return tl::unexpected(away);
    look->sound = found && !damaged;
    co_return found;
}

Async<> SnapshotComponent::look_inside(BackupRecord record, VerifyLevel level, fs::path folder,
                                       std::shared_ptr<Verification> look) {
    const fs::path file = folder / "snapshot";
    SW_CO_TRY(auto counts, co_await powers_.source.inspect(file));
    if (const std::string differs = difference(record.counts, counts); !differs.empty()) {
        co_return fail(ErrorCode::Corrupt, differs);
    }
    look->counts = std::move(counts);
    if (level != VerifyLevel::Restore) co_return Result<>();
    const fs::path scratch = folder / "restored";
    std::error_code failed;
    if (!fs::create_directory(scratch, failed)) {
        co_return fail(ErrorCode::Unavailable, "cannot make the folder " + scratch.string());
    }
    SW_CO_TRY(look->counts, co_await powers_.source.rehearse(file, scratch));
    // What comes back may be counted in other words than what lies there.
    SnapshotSource::Counts recorded = record.counts;
    std::erase_if(recorded, [&](const auto& each) { return !look->counts.contains(each.first); });
    if (const std::string differs = difference(recorded, look->counts); !differs.empty()) {
        co_return fail(ErrorCode::Corrupt, "brought back " + differs);
    }
    co_return Result<>();
}

Async<Verification> SnapshotComponent::verify(BackupRecord record, VerifyLevel level,
                                              TellProgress tell) {
    const Instant begun = powers_.clock.now();
    const ScratchFolder scratch(powers_.scratch / ("look-" + record.id.text()));
    SW_CO_CHECK(scratch.make());
    auto look = std::make_shared<Verification>();
    look->backup = record.id;
    look->level = level;
    if (tell) tell({"reading it", 0, record.stored_bytes});
    SW_CO_TRY(const bool is_there,
              co_await look_at_copies(record, scratch.path() / "snapshot", look));
    if (is_there && level != VerifyLevel::Checksums) {
        if (tell) tell({"looking inside", 0, 0});
        const auto inside = co_await look_inside(record, level, scratch.path(), look);
        // NotFound: a key or a program that is needed for it is not here.
        if (!inside && inside.error().code != ErrorCode::Corrupt) {
            co_return tl::unexpected(inside.error());
        }
        if (!inside) {
            look->sound = false;
            say(*look, inside.error().message);
        }
    }
    look->took = std::chrono::duration_cast<std::chrono::milliseconds>(powers_.clock.now() - begun);
    co_return std::move(*look);
}

Async<std::vector<Window>> SnapshotComponent::windows(BackupHistory history) {
    std::vector<Window> moments;
    for (const BackupRecord& each : history.records) moments.push_back(each.window);
    std::ranges::sort(moments, {}, &Window::from);
    co_return moments;
}

Async<> SnapshotComponent::forget(std::vector<BackupRecord>) {
    co_return Result<>();
}

}  // namespace syncwatch::recovery
