#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace syncwatch::s3 {

/// Where the bucket's name stands: in the path, which every store takes, or before the host's name,
/// which AWS prefers.
enum class Style : std::uint8_t { Path, Virtual };

/// A bucket, or a part of one, in some S3 store.
struct Location {
    std::string scheme = "https";
    std::string host;  ///< With ":PORT" where that is not the scheme's own.
    std::string bucket;
    std::string prefix;  ///< "films/": put before all keys; empty, or with a slash at its end.
    std::string region = "us-east-1";
    Style style = Style::Path;
    std::string ca_file;  ///< PEM; empty: whom the system trusts.

    /// Reads "s3:https://HOST[:PORT]/BUCKET[/PREFIX][?region=R][&style=path|virtual][&ca=FILE]".
    /// Strict: what it does not know, it refuses. Errors: InvalidInput, in words for an operator.
    static Result<Location> parse(std::string_view url);

    /// The host that is asked, and signed: with the bucket in front for Style::Virtual.
    std::string asked_host() const;
    /// The raw path of what is called `name` in the bucket; empty: the bucket itself.
    std::string path_of(std::string_view name) const;
};

}  // namespace syncwatch::s3
