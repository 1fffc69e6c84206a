#include "adapters/redis_backup/info.h"

#include <charconv>

namespace syncwatch::redis {
namespace {

template <class T>
std::optional<T> number_of(std::string_view text) {
    T value = 0;
    const char* const end = text.data() + text.size();
    const auto [stopped, failed] = std::from_chars(text.data(), end, value);
    if (failed != std::errc() || stopped != end) return std::nullopt;
    return value;
}

/// Of "keys=2,expires=0,avg_ttl=0".
std::uint64_t part_of(std::string_view text, std::string_view name) {
    while (!text.empty()) {
        const std::string_view part = text.substr(0, text.find(','));
        text.remove_prefix(std::min(text.size(), part.size() + 1));
        if (part.size() <= name.size() || !part.starts_with(name) || part[name.size()] != '=') {
            continue;
        }
        return number_of<std::uint64_t>(part.substr(name.size() + 1)).value_or(0);
    }
    return 0;
}

}  // namespace

Info::Info(std::string_view text) {
    while (!text.empty()) {
        std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        if (line.ends_with('\r')) line.remove_suffix(1);
        const std::size_t colon = line.find(':');
        if (line.starts_with('#') || colon == std::string_view::npos) continue;
        fields_.emplace(line.substr(0, colon), line.substr(colon + 1));
    }
}

const std::string& Info::text(std::string_view name) const {
    static const std::string kNothing;
    const auto found = fields_.find(name);
    return found == fields_.end() ? kNothing : found->second;
}

std::optional<std::int64_t> Info::number(std::string_view name) const {
    return number_of<std::int64_t>(text(name));
}

std::map<unsigned, Info::Database> Info::databases() const {
    std::map<unsigned, Database> out;
    for (const auto& [name, value] : fields_) {
        if (!name.starts_with("db")) continue;
        const auto index = number_of<unsigned>(std::string_view(name).substr(2));
        if (index) out[*index] = {part_of(value, "keys"), part_of(value, "expires")};
    }
    return out;
}

std::uint64_t Info::keys() const {
    std::uint64_t sum = 0;
    for (const auto& [index, database] : databases()) sum += database.keys;
    return sum;
}

}  // namespace syncwatch::redis
