#include "recovery/catalogue/record.h"

#include <algorithm>
#include <array>

namespace syncwatch::recovery {
namespace {

constexpr std::array<std::string_view, 5> kKinds{"full", "diff", "incr", "log", "snapshot"};
constexpr std::array<std::string_view, 3> kLevels{"checksums", "structure", "restore"};

template <class Value, std::size_t Count>
std::optional<Value> parse(const std::array<std::string_view, Count>& words,
                           std::string_view word) {
    const auto found = std::ranges::find(words, word);
    if (found == words.end()) return std::nullopt;
    return static_cast<Value>(found - words.begin());
}

}  // namespace

std::string_view word(BackupKind kind) {
    return kKinds[static_cast<std::size_t>(kind)];
}

std::optional<BackupKind> parse_backup_kind(std::string_view word) {
    return parse<BackupKind>(kKinds, word);
}

std::string_view word(VerifyLevel level) {
    return kLevels[static_cast<std::size_t>(level)];
}

std::optional<VerifyLevel> parse_verify_level(std::string_view word) {
    return parse<VerifyLevel>(kLevels, word);
}

}  // namespace syncwatch::recovery
