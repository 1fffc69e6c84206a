#include "apps/command/recovered_keys.h"

#include <utility>

#include <fmt/format.h>

#include "adapters/program/memory_file.h"
#include "apps/backup/kept_key.h"
#include "base/async/run_to_end.h"

namespace syncwatch::apps {

Result<std::string> RecoveredKeys::open(recovery::Repository& place,
                                        const std::filesystem::path& identity,
                                        OpenRepository::Powers powers) {
    const bool is_at_hand =
        !place.key_file.empty() && encrypted::RepositoryKey::read(place.key_file);
    if (identity.empty() || is_at_hand) return std::string();
    recovery::Repository plain = place;
    plain.key_file.clear();
    const auto opened = OpenRepository::open(plain, powers);
    // Whoever uses it says so.
    if (!opened) return std::string();
    const auto key = run_to_end(recover_key((*opened)->plain(), identity, powers.pool));
    (*opened)->stop();
    if (!key) {
        const ErrorCode code = key.error().code;
        const bool is_told_later =
            code == ErrorCode::Unavailable || key.error().reason == "not_encrypted";
        if (is_told_later) return std::string();
        return fail(key.error());
    }
    SW_TRY(UniqueFd file, program::memory_file(key->text()));
    place.key_file = fmt::format("/proc/self/fd/{}", file.get());
    files_.push_back(std::move(file));
    return key->id();
}

}  // namespace syncwatch::apps
