#include "recovery/embedded/survey.h"

#include <algorithm>
#include <map>
#include <span>
#include <utility>

#include <fmt/format.h>

namespace syncwatch::recovery {

namespace {

/// What holds that number and those after it, until one is missing.
std::span<const KnownPiece> row_from(const Generation& generation, std::uint64_t number) {
    const auto& pieces = generation.pieces;
    const auto first = std::find_if(pieces.begin(), pieces.end(), [number](const KnownPiece& each) {
        return each.name.last() >= number;
    });
    auto end = first;
    for (; end != pieces.end() && end->name.number <= number; ++end) number = end->name.last() + 1;
    return {first, end};
}

/// What one copy and the log after it reach. A piece with unknown times is a break: of the moments
/// from the end of the one before until the log has caught up nothing is known.
std::vector<Window> windows_of(const Generation& generation, const BaseManifest& base) {
    std::vector<Window> out;
    bool is_open = false;
    WallTime before{};
    for (const KnownPiece& piece : row_from(generation, base.from_piece)) {
        const WallTime until = piece.name.whole_until;
        const bool is_break = piece.name.times_unknown;
        if (is_break) is_open = false;
        if (is_open) {
            out.back().to = until;
        } else if (until >= base.whole_from && until > before) {
            const bool is_first = out.empty() && !is_break && before < base.whole_from;
            out.push_back({is_first ? base.whole_from : until, until});
            is_open = true;
        }
        before = until;
    }
    return out;
}

/// Sorts one listed object into its generation.
struct Sorter {
    std::string_view folder;
    std::map<std::string, Generation, std::less<>>& into;

    void operator()(const BackupRepository::Entry& entry) const {
        std::string_view rest = std::string_view(entry.name).substr(folder.size() + 1);
        const std::size_t slash = rest.find('/');
        if (slash == std::string_view::npos) return;
        Generation& generation = into[std::string(rest.substr(0, slash))];
        rest.remove_prefix(slash + 1);
        if (rest.starts_with("log/")) {
            const auto name = PieceName::parse(rest.substr(rest.rfind('/') + 1));
            if (name && name->path() == rest) generation.pieces.push_back({*name, entry.size});
        } else if (rest.starts_with("base/") && rest.ends_with(kManifestName)) {
            generation.manifests.push_back(entry.name);
        }
    }
};

bool is_at_home(const BaseManifest& manifest, const std::string& generation,
                const std::string& name) {
    return manifest.generation == generation &&
           name.ends_with(fmt::format("/base/{}/{}", manifest.base, kManifestName));
}

/// A pack stands for what it was made of. Of others that have a number in common nobody can say
/// which is right: it is as if none of them were there.
void put_in_order(Generation& generation) {
    auto& pieces = generation.pieces;
    std::sort(pieces.begin(), pieces.end(), [](const KnownPiece& a, const KnownPiece& b) {
        const auto of = [](const PieceName& name) { return std::pair(name.number, ~name.last()); };
        return of(a.name) < of(b.name);
    });
    std::vector<KnownPiece> row;
    std::uint64_t doubtful_to = 0;
    for (const KnownPiece& each : pieces) {
        const PieceName& name = each.name;
        const bool is_free = row.empty() || row.back().name.last() < name.number;
        if (name.number <= doubtful_to) {
            doubtful_to = std::max(doubtful_to, name.last());
        } else if (is_free) {
            row.push_back(each);
        } else if (row.back().name.is_pack() && name.last() <= row.back().name.last()) {
            generation.packed.push_back(name);
        } else {
            doubtful_to = std::max(row.back().name.last(), name.last());
            row.pop_back();
        }
    }
    pieces = std::move(row);
}

}  // namespace

const KnownPiece* Generation::last_in_row() const {
    const auto row = row_from(*this, pieces.empty() ? 1 : pieces.front().name.number);
    return row.empty() ? nullptr : &row.back();
}

std::string generation_folder(std::string_view cluster, std::string_view generation) {
    return fmt::format("{}/{}", generations_folder(cluster), generation);
}

Async<std::vector<Generation>> list_generations(BackupRepository& repository, std::string cluster) {
    const std::string folder = generations_folder(cluster);
    SW_CO_TRY(const auto entries, co_await repository.list(folder));
    std::map<std::string, Generation, std::less<>> found;
    for (const auto& entry : entries) Sorter{folder, found}(entry);
    std::vector<Generation> out;
    for (auto& [id, generation] : found) {
        generation.id = id;
        put_in_order(generation);
        out.push_back(std::move(generation));
    }
    co_return out;
}

Async<std::vector<Generation>> survey(BackupRepository& repository, std::string cluster) {
    SW_CO_TRY(auto generations, co_await list_generations(repository, std::move(cluster)));
    for (Generation& generation : generations) {
        for (const std::string& name : generation.manifests) {
            SW_CO_TRY(const std::string text, co_await repository.read(name));
            auto manifest = decode_manifest(text);
            if (!manifest) {
                generation.damaged.push_back(name + ": " + manifest.error().message);
            } else if (!is_at_home(*manifest, generation.id, name)) {
                generation.damaged.push_back(name + ": the manifest is another copy's");
            } else {
                generation.bases.push_back(*std::move(manifest));
            }
        }
        std::sort(generation.bases.begin(), generation.bases.end(),
                  [](const BaseManifest& a, const BaseManifest& b) {
                      return a.whole_from < b.whole_from;
                  });
    }
    co_return generations;
}

std::vector<std::string> faults(const std::vector<Generation>& generations) {
    std::vector<std::string> all;
    for (const Generation& generation : generations) {
        all.insert(all.end(), generation.damaged.begin(), generation.damaged.end());
        for (std::size_t i = 1; i < generation.pieces.size(); ++i) {
            const std::uint64_t before = generation.pieces[i - 1].name.last();
            const std::uint64_t after = generation.pieces[i].name.number;
            if (after == before + 1) continue;
            all.push_back(
                fmt::format("{}: of the log piece {} is missing, or cannot be told from another, "
                            "and what comes "
                            "after it is there",
                            generation.id, before + 1));
        }
    }
    return all;
}

std::vector<Window> windows(const std::vector<Generation>& generations) {
    std::vector<Window> all;
    for (const Generation& generation : generations) {
        for (const BaseManifest& base : generation.bases) {
            const auto some = windows_of(generation, base);
            all.insert(all.end(), some.begin(), some.end());
        }
    }
    return joined_windows(std::move(all));
}

std::string describe(const std::vector<Window>& windows) {
    if (windows.empty()) return "none";
    std::string out;
    for (const Window& each : windows) {
        if (!out.empty()) out += ", ";
        out += fmt::format("{} to {}", format_rfc3339(each.from), format_rfc3339(each.to));
    }
    return out;
}

Result<RestorePlan> plan_restore(const std::vector<Generation>& generations, WallTime moment) {
    RestorePlan plan;
    plan.moment = moment;
    for (const Generation& generation : generations) {
        for (const BaseManifest& base : generation.bases) {
            const auto reached = windows_of(generation, base);
            const bool has = std::any_of(reached.begin(), reached.end(),
                                         [moment](const Window& w) { return w.has(moment); });
            const bool newer = plan.base == nullptr || plan.base->whole_from <= base.whole_from;
            if (has && newer) {
                plan.generation = &generation;
                plan.base = &base;
            }
        }
    }
    if (plan.base == nullptr) {
        return fail(ErrorCode::InvalidInput,
                    fmt::format("{} cannot be restored; what can: {}", format_rfc3339(moment),
                                describe(windows(generations))),
                    "moment_unreachable");
    }
    // Those behind the last commit say that none is missing until the moment.
    for (const KnownPiece& piece : row_from(*plan.generation, plan.base->from_piece)) {
        plan.pieces.push_back(piece);
        if (piece.name.has_commits() && piece.name.first <= moment) {
            plan.last_commit_in = piece.name.number;
        }
        if (piece.name.whole_until >= moment) break;
    }
    return plan;
}

}  // namespace syncwatch::recovery
