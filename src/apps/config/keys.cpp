#include "apps/config/keys.h"

#include <algorithm>
#include <cctype>

#include "apps/config/key_sections.h"

namespace syncwatch::config {
namespace {

std::vector<Key> all_sections() {
    std::vector<Key> all;
    for (const auto& section : {server_keys(), database_keys(), objects_keys(), node_keys(),
                                accounts_keys(), media_keys(), web_keys()}) {
        all.insert(all.end(), section.begin(), section.end());
    }
    return all;
}

}  // namespace

std::string Key::environment() const {
    std::string out = "SYNCWATCH_";
    for (const char c : name) {
        out += c == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    }
    return out;
}

std::string Key::flag() const {
    std::string out = "--";
    for (const char c : name) out += c == '.' || c == '_' ? '-' : c;
    return out;
}

std::span<const Key> keys() {
    static const std::vector<Key> kKeys = all_sections();
    return kKeys;
}

const Key* find_key(std::string_view name) {
    const auto found = std::ranges::find(keys(), name, &Key::name);
    return found == keys().end() ? nullptr : &*found;
}

const Key* find_secret_file(std::string_view name) {
    constexpr std::string_view kSuffix = "_file";
    if (!name.ends_with(kSuffix)) return nullptr;
    const Key* key = find_key(name.substr(0, name.size() - kSuffix.size()));
    return key != nullptr && key->secret ? key : nullptr;
}

}  // namespace syncwatch::config
