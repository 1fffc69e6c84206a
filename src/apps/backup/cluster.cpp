#include "apps/backup/cluster.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/digest.h"
#include "base/encoding.h"

namespace syncwatch::apps {
namespace {

constexpr std::string_view kClusters = "v1/cluster";

}  // namespace

std::string cluster_of(const KeyStore::Key& key) {
    // The name is no secret, the key may be used as one.
    constexpr std::size_t kBytes = 8;
    const Sha256Sum sum = sha256(key);
    return encode_hex(std::span(sum).first(kBytes));
}

Async<std::vector<std::string>> clusters_in(BackupRepository& repository) {
    co_return co_await repository.folders(std::string(kClusters));
}

Async<std::string> choose_cluster(BackupRepository& repository, std::string wanted) {
    SW_CO_TRY(const auto found, co_await clusters_in(repository));
    const std::string place = repository.place();
    if (found.empty()) co_return fail(ErrorCode::NotFound, "nothing is in " + place);
    if (wanted.empty() && found.size() == 1) co_return found.front();
    if (std::ranges::find(found, wanted) != found.end()) co_return wanted;
    std::string names = fmt::format("{}", fmt::join(found, ", "));
    if (!wanted.empty()) {
        co_return fail(ErrorCode::NotFound,
                       fmt::format("{} has nothing of {}, but of {}", place, wanted, names));
    }
    co_return fail(ErrorCode::Conflict,
                   fmt::format("{} has backups of several installations: {}", place, names));
}

}  // namespace syncwatch::apps
