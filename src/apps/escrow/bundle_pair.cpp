#include "apps/escrow/bundle_pair.h"

#include <algorithm>
#include <string_view>

#include "apps/escrow/secret_values.h"

namespace syncwatch::apps {
namespace {

/// Whether `whole` is `part` with something in the place of each secret that was taken out.
bool is_part_of(std::string_view part, std::string_view whole) {
    const std::size_t first = part.find(kTakenOut);
    if (first == std::string_view::npos) return part == whole;
    if (!whole.starts_with(part.substr(0, first))) return false;
    whole.remove_prefix(first);
    part.remove_prefix(first + kTakenOut.size());
    for (std::size_t next = part.find(kTakenOut); next != std::string_view::npos;
         next = part.find(kTakenOut)) {
        const std::size_t found = whole.find(part.substr(0, next));
        if (found == std::string_view::npos) return false;
        whole.remove_prefix(found + next);
        part.remove_prefix(next + kTakenOut.size());
    }
    return whole.ends_with(part);
}

/// Nothing of it was left: nobody can compare.
bool is_left_out(std::string_view part) {
    return part.starts_with("# " + std::string(kTakenOut) + ":");
}

}  // namespace

std::string difference_between(const recovery::Bundle& config, const recovery::Bundle& secrets) {
    const auto& all = secrets.about.files;
    for (std::size_t i = 0; i < config.contents.size(); ++i) {
        const recovery::BundledFile& file = config.about.files[i];
        if (!file.redacted) continue;
        const auto found = std::ranges::find(all, file.path, &recovery::BundledFile::path);
        if (found == all.end()) return file.path + " is in part in one, and not in the other";
        const auto at = static_cast<std::size_t>(found - all.begin());
        if (is_left_out(config.contents[i])) continue;
        if (!is_part_of(config.contents[i], secrets.contents[at])) {
            return file.path + " is not the same in both";
        }
    }
    return {};
}

}  // namespace syncwatch::apps
