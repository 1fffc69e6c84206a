#include "recovery/embedded/second_place.h"

#include <algorithm>
#include <vector>

#include "recovery/embedded/layout.h"

namespace syncwatch::recovery {
namespace {

/// A pack of pieces that all lie there one by one already.
bool is_there_in_pieces(const std::string& name,
                        const std::vector<BackupRepository::Entry>& there) {
    const auto parse = [](std::string_view whole) {
        return PieceName::parse(whole.substr(whole.rfind('/') + 1));
    };
    const auto pack = parse(name);
    if (!pack || !pack->is_pack()) return false;
    const auto count = std::ranges::count_if(there, [&](const BackupRepository::Entry& each) {
        const auto piece = parse(each.name);
        return piece && !piece->is_pack() && piece->number >= pack->number &&
               piece->number <= pack->last();
    });
    return static_cast<std::uint64_t>(count) == pack->last() - pack->number + 1;
}

}  // namespace

Async<std::uint64_t> SecondPlace::bring_new() {
    conflict_ = Result<>();
    const std::string all = generations_folder(cluster_);
    SW_CO_TRY(const auto generations, co_await from_.folders(all));
    std::uint64_t bytes = 0;
    for (const std::string& each : generations) {
        const std::string generation = all + "/" + each;
        SW_CO_TRY(const std::uint64_t copies, co_await bring_copies(generation));
        SW_CO_TRY(const std::uint64_t log, co_await bring_log(generation));
        bytes += copies + log;
    }
    if (!conflict_) co_return tl::unexpected<Error>(conflict_.error());
    co_return bytes;
}

Async<std::uint64_t> SecondPlace::bring_log(std::string generation) {
    std::string logs = generation + "/log";
    SW_CO_TRY(const auto thousands, co_await from_.folders(std::move(logs)));
    std::uint64_t bytes = 0;
    for (const std::string& each : thousands) {
        const std::string folder = generation + "/log/" + each;
        if (done_.contains(folder)) continue;
        SW_CO_TRY(const std::uint64_t brought, co_await bring_folder(folder));
        bytes += brought;
        if (each != thousands.back()) done_.insert(folder);
    }
    co_return bytes;
}

Async<std::uint64_t> SecondPlace::bring_copies(std::string generation) {
    std::string bases = generation + "/base";
    SW_CO_TRY(const auto copies, co_await from_.folders(std::move(bases)));
    std::uint64_t bytes = 0;
    for (const std::string& each : copies) {
        const std::string folder = generation + "/base/" + each;
        if (done_.contains(folder)) continue;
        SW_CO_TRY(const std::uint64_t brought, co_await bring_folder(folder));
        bytes += brought;
    }
    co_return bytes;
}

Async<std::uint64_t> SecondPlace::bring_folder(std::string folder) {
    SW_CO_TRY(auto here, co_await from_.list(folder));
    const std::string manifest = folder + "/" + std::string(kManifestName);
    const auto is_manifest = [&](const BackupRepository::Entry& each) {
        return each.name == manifest;
    };
    std::stable_partition(here.begin(), here.end(),
                          [&](const BackupRepository::Entry& each) { return !is_manifest(each); });
    SW_CO_TRY(const auto there, co_await to_.list(folder));
    std::uint64_t bytes = 0;
    for (const BackupRepository::Entry& each : here) {
        if (std::ranges::find(there, each) != there.end()) continue;
        if (is_there_in_pieces(each.name, there)) continue;
        SW_CO_TRY(const std::uint64_t brought, co_await bring_one(each.name));
        bytes += brought;
    }
    // A copy is finished with its manifest.
    if (!here.empty() && is_manifest(here.back()) && conflict_) done_.insert(std::move(folder));
    co_return bytes;
}

Async<std::uint64_t> SecondPlace::bring_one(std::string name) {
    auto bytes = co_await from_.read(name);
    // It expired meanwhile.
    if (!bytes && bytes.error().code == ErrorCode::NotFound) co_return std::uint64_t{0};
    if (!bytes) co_return tl::unexpected<Error>(bytes.error());
    const std::uint64_t size = bytes->size();
    auto created = co_await to_.create(std::move(name), *std::move(bytes));
    if (created) co_return size;
    if (created.error().code != ErrorCode::Conflict) {
        co_return tl::unexpected<Error>(created.error());
    }
    if (conflict_) conflict_ = std::move(created);
    co_return std::uint64_t{0};
}

}  // namespace syncwatch::recovery
