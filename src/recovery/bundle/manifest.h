#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace syncwatch::recovery {

/// Which of the two bundles of an installation it is.
enum class BundleKind : std::uint8_t {
    Config,   ///< For everybody's eyes.
    Secrets,  ///< Encrypted before it goes anywhere.
};
/// "config", "secrets".
std::string_view word(BundleKind kind);

/// A file in a bundle, as it was where it lay.
struct BundledFile {
    std::string path;    ///< Whole, "/etc/syncwatch/syncwatch.toml".
    std::string role;    ///< What names it: "configuration", "tls.key", …
    std::string sha256;  ///< Of its bytes, in hexadecimal.
    std::uint64_t size = 0;
    unsigned mode = 0600;
    std::string owner;  ///< By name; empty: nobody knows.
    std::string group;
    /// Secrets in it were taken out: all of it is in the other bundle.
    bool redacted = false;

    bool operator==(const BundledFile&) const = default;
};

/// What is in a bundle and where it came from.
struct Manifest {
    BundleKind kind = BundleKind::Config;
    WallTime made{};
    std::string node;           ///< The node's name.
    std::string configuration;  ///< The path of the settings' file; empty: there was none.
    std::map<std::string, std::string> versions;  ///< Of "syncwatch", of the "system".
    std::vector<BundledFile> files;               ///< By path.

    bool operator==(const Manifest&) const = default;
};

/// JSON, indented: it is read by people who have nothing else.
std::string write_manifest(const Manifest& manifest);
/// Errors: Corrupt (also: a path that is not whole or stands twice; or it is of a newer version).
Result<Manifest> read_manifest(std::string_view text);

}  // namespace syncwatch::recovery
