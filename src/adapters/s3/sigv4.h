#pragma once
#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"

// AWS Signature Version 4 for S3, as pure functions. Source: Amazon S3 API Reference,
// "Authenticating Requests (AWS Signature Version 4)".
namespace syncwatch::s3 {

/// Names and values, in any order.
using Pairs = std::vector<std::pair<std::string, std::string>>;

/// Who signs. `session_token` is empty but for credentials of limited time.
struct Credentials {
    std::string access_key;
    std::string secret_key;
    std::string session_token = {};
    bool operator==(const Credentials&) const = default;
};

/// What a signature is good for, besides the request: S3 in one region.
struct SigningScope {
    std::string_view region;
    WallTime now;
};

/// A request as it is signed. `path` is raw ("/films/a b"); names and values of the query too.
/// Names of headers are lower case; "host" is among them. `payload` is the SHA-256 of the body in
/// lower-case hexadecimal, or "UNSIGNED-PAYLOAD".
struct SignedRequest {
    std::string_view method;
    std::string_view path;
    Pairs query;
    Pairs headers;
    std::string_view payload;
};

enum class Slashes : std::uint8_t { Keep, Encode };

/// Percent-encodes all bytes but `A-Za-z0-9-._~`, in upper case: what S3 calls UriEncode.
std::string percent_encode(std::string_view text, Slashes slashes);

/// "a=1&b=" sorted and encoded: the query string of the URL as well as of the signature.
std::string canonical_query(const Pairs& query);

std::string canonical_request(const SignedRequest& request);

/// "20130524T000000Z", the value of x-amz-date.
std::string amz_date(WallTime time);

/// The value of the Authorization header. `request.headers` holds x-amz-date of the same instant
/// and x-amz-content-sha256.
std::string authorization(const SignedRequest& request, const Credentials& who,
                          const SigningScope& scope);

/// The encoded query of an address that carries its own signature, good for `lifetime` (at most
/// seven days): with it whoever has the address may do what it says, and nothing else.
/// `host` is the only header that is signed.
std::string presigned_query(std::string_view method, std::string_view host, std::string_view path,
                            std::chrono::seconds lifetime, const Credentials& who,
                            const SigningScope& scope);

}  // namespace syncwatch::s3
