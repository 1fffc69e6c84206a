#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "apps/config/settings.h"

namespace syncwatch::config {

/// How a value looks in TOML.
enum class Kind : std::uint8_t { Text, Flag, Number, List };

/// One thing that can be configured. The file, the environment, the flags, --help and
/// docs/configuration.md are all made from this table.
struct Key {
    std::string_view name;  ///< "server.listen"; in the file: listen, under [server].
    Kind kind = Kind::Text;
    std::string_view form;      ///< What a value looks like, for --help: "ADDRESS:PORT".
    std::string_view fallback;  ///< The default, as one would write it; empty: see `help`.
    std::string_view right;     ///< What a value must be: completes "must be …".
    std::string_view help;      ///< One or two sentences.
    /// Reads the value (one word, or a list's words) into the settings. False: it is not `right`.
    bool (*take)(Settings& settings, const std::vector<std::string>& words);
    bool secret = false;  ///< Read from the environment or a file alone, and never shown.

    /// "SYNCWATCH_SERVER_LISTEN"
    std::string environment() const;
    /// "--server-listen"
    std::string flag() const;
    std::string_view section() const { return name.substr(0, name.find('.')); }
};

/// Every key, by section.
std::span<const Key> keys();
/// nullptr: there is none of that name.
const Key* find_key(std::string_view name);
/// The secret that a file can hold: "ice.turn_secret_file" names the file of ice.turn_secret.
const Key* find_secret_file(std::string_view name);

}  // namespace syncwatch::config
