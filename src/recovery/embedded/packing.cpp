#include "recovery/embedded/packing.h"

#include <algorithm>
#include <utility>

#include "recovery/embedded/pack.h"

namespace syncwatch::recovery {

std::vector<std::vector<PieceName>> runs_to_pack(const Generation& generation,
                                                 const PackRule& rule) {
    std::vector<std::vector<PieceName>> runs;
    if (generation.pieces.empty()) return runs;
    const auto block = [&rule](std::uint64_t number) { return number / rule.pieces; };
    const std::uint64_t last_block = block(generation.pieces.back().name.last());
    std::uint64_t bytes = 0;
    bool is_open = false;
    for (const KnownPiece& each : generation.pieces) {
        const PieceName& name = each.name;
        if (block(name.number) >= last_block) break;
        if (name.is_pack() || name.times_unknown) {
            is_open = false;
            continue;
        }
        bytes += each.bytes;
        is_open = is_open && runs.back().back().number + 1 == name.number &&
                  block(runs.back().back().number) == block(name.number) && bytes <= rule.bytes;
        if (!is_open) {
            runs.emplace_back();
            bytes = each.bytes;
            is_open = true;
        }
        runs.back().push_back(name);
    }
    std::erase_if(runs, [](const auto& run) { return run.size() < 2; });
    return runs;
}

Async<Packer::Done> Packer::go_round() {
    SW_CO_TRY(const auto generations, co_await list_generations(repository_, cluster_));
    Done done;
    fresh_.clear();
    for (const Generation& generation : generations) {
        std::string folder = generation_folder(cluster_, generation.id) + "/";
        SW_CO_CHECK(co_await remove_packed(folder, &generation, done));
        for (auto& run : runs_to_pack(generation, rule_)) {
            SW_CO_CHECK(co_await pack(folder, std::move(run), done));
        }
    }
    proven_ = std::move(fresh_);
    co_return done;
}

Async<> Packer::pack(std::string folder, std::vector<PieceName> run, Done& done) {
    std::vector<std::string> pieces;
    for (const PieceName& each : run) {
        auto bytes = co_await repository_.read(folder + each.path());
        // Somebody else was quicker, or it expired.
        if (!bytes && bytes.error().code == ErrorCode::NotFound) co_return Result<>();
        SW_CO_CHECK(bytes);
        pieces.push_back(*std::move(bytes));
    }
    std::string packed = encode_pack(pieces);
    const auto seen = decode_pack(packed);
    const PieceName name = pack_name(run);
    if (!seen || pack_name(*seen) != name) {
        done.damaged.push_back(folder + name.path() + ": " +
                               (seen ? "other pieces than their names say" : seen.error().message));
        co_return Result<>();
    }
    SW_CO_CHECK(co_await repository_.create(folder + name.path(), std::move(packed)));
    done.packed += run.size();
    SW_CO_CHECK(co_await prove(folder + name.path(), name, done));
    co_return Result<>();
}

/// Reads a pack as it lies there. False: it is damaged.
Async<bool> Packer::prove(std::string name, PieceName pack, Done& done) {
    SW_CO_TRY(const std::string bytes, co_await repository_.read(name));
    const auto pieces = decode_pack(bytes);
    const bool is_it = pieces && pack_name(*pieces) == pack;
    if (is_it) {
        fresh_.insert(name);
    } else {
        done.damaged.push_back(
            name + ": " + (pieces ? "another pack than its name says" : pieces.error().message));
    }
    co_return is_it;
}

Async<> Packer::remove_packed(std::string folder, const Generation* generation, Done& done) {
    auto next = generation->packed.begin();
    for (const KnownPiece& known : generation->pieces) {
        const PieceName& pack = known.name;
        const auto end = std::find_if(next, generation->packed.end(), [&pack](const auto& each) {
            return each.number > pack.last();
        });
        const auto covered = std::exchange(next, end);
        if (!pack.is_pack() || covered == end) continue;
        const std::string name = folder + pack.path();
        if (!proven_.contains(name)) {
            SW_CO_CHECK(co_await prove(name, pack, done));
            continue;
        }
        SW_CO_TRY(const std::string bytes, co_await repository_.read(name));
        SW_CO_TRY(const auto pieces, decode_pack(bytes));
        for (auto each = covered; each != end; ++each) {
            const bool is_in = std::ranges::any_of(
                pieces, [&each](const StoredPiece& piece) { return piece.name() == *each; });
            if (!is_in) continue;
            SW_CO_CHECK(co_await repository_.remove(folder + each->path()));
            ++done.removed;
        }
    }
    co_return Result<>();
}

}  // namespace syncwatch::recovery
