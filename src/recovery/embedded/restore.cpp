#include "recovery/embedded/restore.h"

#include <utility>

#include "base/digest.h"
#include "base/encoding.h"
#include "recovery/embedded/pack.h"
#include "recovery/embedded/piece.h"

namespace syncwatch::recovery {

namespace {

/// Frames of the piece up to the last commit that is not after the moment; and when it was.
std::pair<std::uint32_t, WallTime> until(const LogPiece& log, WallTime moment) {
    std::pair<std::uint32_t, WallTime> out{0, {}};
    for (const LoggedCommit& commit : log.commits) {
        if (commit.at <= moment) out = {commit.frames, commit.at};
    }
    return out;
}

Async<> put_base(BackupRepository& repository, DatabaseRebuild& rebuild, const RestorePlan& plan,
                 std::string folder) {
    std::uint64_t offset = 0;
    for (std::size_t i = 0; i < plan.base->parts.size(); ++i) {
        const BaseManifest::Part& part = plan.base->parts[i];
        const std::string name = folder + "/base/" + plan.base->base + "/" + part_name(i + 1);
        SW_CO_TRY(const std::string bytes, co_await repository.read(name));
        if (bytes.size() != part.bytes || encode_hex(sha256(as_bytes(bytes))) != part.sha256) {
            co_return fail(ErrorCode::Corrupt, name + " is not what was stored");
        }
        SW_CO_CHECK(rebuild.put(offset, bytes));
        offset += bytes.size();
    }
    co_return Result<>();
}

/// Puts pieces on one another, as long as they fit.
class Chain {
public:
    Chain(DatabaseRebuild& rebuild, const RestorePlan& plan, Restored& restored)
        : rebuild_(rebuild),
          plan_(plan),
          restored_(restored),
          last_commit_in_(plan.last_commit_in) {}

    Result<> add(const KnownPiece& known, std::string_view bytes) {
        restored_.log_bytes += bytes.size();
        if (known.name.is_pack()) return add_pack(known.name, bytes);
        SW_TRY(const StoredPiece piece, decode_piece(bytes));
        if (piece.name() != known.name) return another();
        return add_piece(piece);
    }

private:
    static tl::unexpected<Error> another() {
        return fail(ErrorCode::Corrupt, "is another piece than its name says");
    }

    Result<> add_pack(const PieceName& name, std::string_view bytes) {
        SW_TRY(const auto pieces, decode_pack(bytes));
        if (pack_name(pieces) != name) return another();
        if (last_commit_in_ == name.number) {
            for (const StoredPiece& each : pieces) {
                const bool has =
                    !each.log.commits.empty() && each.log.commits.front().at <= plan_.moment;
                if (has) last_commit_in_ = each.number;
            }
        }
        for (const StoredPiece& each : pieces) {
            // A copy of the file may have been begun in the middle of it.
            if (each.number < plan_.base->from_piece) continue;
            SW_CHECK(add_piece(each));
        }
        return {};
    }

    Result<> add_piece(const StoredPiece& piece) {
        const bool follows = previous_.empty() || piece.previous == previous_;
        if (piece.generation != plan_.generation->id || !follows) return another();
        if (!goes_on(piece.log.from)) {
            return fail(ErrorCode::Corrupt, "does not begin where the piece before ended");
        }
        const auto [frames, at] = until(piece.log, plan_.moment);
        const bool is_before = piece.number < last_commit_in_;
        const bool is_last = piece.number == last_commit_in_;
        const std::uint32_t all = piece.log.to.frames - piece.log.from.frames;
        SW_CHECK(rebuild_.apply(piece.log, is_before ? all : is_last ? frames : 0));
        if (frames > 0) restored_.reached = at;
        ++restored_.pieces;
        previous_ = piece.digest;
        end_ = piece.log.to;
        return {};
    }

    /// The first begins with its epoch; the others where one ended, or with the epoch after.
    bool goes_on(const LogPlace& from) const {
        if (!previous_.empty() && from == end_) return true;
        if (from.frames != 0) return false;
        const auto count = [](std::uint64_t epoch) {
            return static_cast<std::uint32_t>(epoch >> 32);
        };
        return previous_.empty() || count(from.epoch) == count(end_.epoch) + 1;
    }

    DatabaseRebuild& rebuild_;
    const RestorePlan& plan_;
    Restored& restored_;
    std::uint64_t last_commit_in_;
    std::string previous_;
    LogPlace end_;
};

Async<Restored> restore_once(BackupRepository& repository, DatabaseRebuilder& rebuilder,
                             RestoreRequest request) {
    SW_CO_TRY(const auto generations, co_await survey(repository, request.cluster));
    const auto reachable = windows(generations);
    if (reachable.empty()) {
        co_return fail(ErrorCode::NotFound, "no backup of a database is in " + repository.place());
    }
    const WallTime moment = request.moment.value_or(reachable.back().to);
    SW_CO_TRY(const RestorePlan plan, plan_restore(generations, moment));
    SW_CO_TRY(auto rebuild, rebuilder.begin(request.into, plan.base->page_bytes));

    Restored restored;
    restored.moment = moment;
    restored.generation = plan.generation->id;
    restored.base = plan.base->base;
    restored.base_bytes = plan.base->bytes;
    const std::string folder = generation_folder(request.cluster, plan.generation->id);
    SW_CO_CHECK(co_await put_base(repository, *rebuild, plan, folder));
    Chain chain(*rebuild, plan, restored);
    for (const KnownPiece& known : plan.pieces) {
        const std::string name = folder + "/" + known.name.path();
        SW_CO_TRY(const std::string bytes, co_await repository.read(name));
        if (auto added = chain.add(known, bytes); !added) {
            co_return fail(std::move(added).error().within(name));
        }
    }
    SW_CO_TRY(restored.schema_version, rebuild->finish());
    co_return restored;
}

}  // namespace

Async<Restored> restore(BackupRepository& repository, DatabaseRebuilder& rebuilder,
                        RestoreRequest request) {
    auto restored = co_await restore_once(repository, rebuilder, request);
    // A piece may have gone into a pack since it was listed, or have expired.
    const bool is_gone = !restored && restored.error().code == ErrorCode::NotFound;
    if (is_gone) restored = co_await restore_once(repository, rebuilder, std::move(request));
    co_return restored;
}

}  // namespace syncwatch::recovery
