#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/result.h"

/// The headers of tus 1.0.0, resumable uploads over HTTP (tus.io/protocols/resumable-upload).
namespace syncwatch::tus {

inline constexpr std::string_view kVersion = "1.0.0";
inline constexpr std::string_view kExtensions =
    "creation,creation-with-upload,creation-defer-length,termination,checksum,expiration";
inline constexpr std::string_view kChecksumAlgorithms = "sha1,sha256";
inline constexpr std::string_view kContentType = "application/offset+octet-stream";
/// A longer Upload-Metadata is refused.
inline constexpr std::size_t kMaxMetadata = 4096;

// All errors are InvalidInput with the reason "bad_request".

/// Upload-Length and Upload-Offset: a whole number that fits in 63 bits.
Result<std::uint64_t> parse_number(std::string_view field);

/// Upload-Metadata: "key base64,key2 base64"; a value may be missing.
Result<std::map<std::string, std::string>> parse_metadata(std::string_view field);

struct Checksum {
    Digest::Algorithm algorithm = Digest::Algorithm::Sha1;
    std::vector<std::uint8_t> sum;
};
/// Upload-Checksum: "sha1 base64".
Result<Checksum> parse_checksum(std::string_view field);

/// True for the media type of a PATCH, whatever its parameters.
bool is_upload_type(std::string_view content_type);

}  // namespace syncwatch::tus
