#include "adapters/s3/sigv4.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "base/digest.h"

namespace syncwatch::s3 {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
constexpr std::string_view kUnsignedPayload = "UNSIGNED-PAYLOAD";

bool is_unreserved(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

/// Without spaces at its ends, and with one for several inside.
std::string trimmed(std::string_view value) {
    std::string out;
    for (const char c : value) {
        if (c == ' ' && (out.empty() || out.back() == ' ')) continue;
        out += c;
    }
    if (out.ends_with(' ')) out.pop_back();
    return out;
}

Pairs sorted(Pairs pairs) {
    std::ranges::sort(pairs);
    return pairs;
}

std::string signed_names(const Pairs& headers) {
    std::string names;
    for (const auto& [name, value] : sorted(headers)) {
        if (!names.empty()) names += ';';
        names += name;
    }
    return names;
}

std::string scope_text(const SigningScope& scope) {
    return fmt::format("{}/{}/s3/aws4_request", amz_date(scope.now).substr(0, 8), scope.region);
}

Sha256Sum keyed(ByteView key, std::string_view message) {
    return hmac_sha256(key, as_bytes(message));
}

std::string signature(const SignedRequest& request, const Credentials& who,
                      const SigningScope& scope) {
    const std::string date = amz_date(scope.now);
    const std::string digest = encode_hex(sha256(as_bytes(canonical_request(request))));
    const std::string to_sign =
        fmt::format("{}\n{}\n{}\n{}", kAlgorithm, date, scope_text(scope), digest);
    const Sha256Sum day =
        keyed(as_bytes("AWS4" + who.secret_key), std::string_view(date).substr(0, 8));
    const Sha256Sum key = keyed(keyed(keyed(day, scope.region), "s3"), "aws4_request");
    return encode_hex(keyed(key, to_sign));
}

}  // namespace

std::string percent_encode(std::string_view text, Slashes slashes) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        if (is_unreserved(c) || (c == '/' && slashes == Slashes::Keep)) {
            out += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out += '%';
        out += kDigits[byte >> 4];
        out += kDigits[byte & 15];
    }
    return out;
}

std::string canonical_query(const Pairs& query) {
    Pairs encoded;
    for (const auto& [name, value] : query) {
        encoded.emplace_back(percent_encode(name, Slashes::Encode),
                             percent_encode(value, Slashes::Encode));
    }
    std::string out;
    for (const auto& [name, value] : sorted(std::move(encoded))) {
        if (!out.empty()) out += '&';
        out.append(name).append("=").append(value);
    }
    return out;
}

std::string canonical_request(const SignedRequest& request) {
    std::string out =
        fmt::format("{}\n{}\n{}\n", request.method, percent_encode(request.path, Slashes::Keep),
                    canonical_query(request.query));
    for (const auto& [name, value] : sorted(request.headers)) {
        out.append(name).append(":").append(trimmed(value)).append("\n");
    }
    return out.append("\n")
        .append(signed_names(request.headers))
        .append("\n")
        .append(request.payload);
}

std::string amz_date(WallTime time) {
    // "2013-05-24T00:00:00.000Z" without its punctuation and its milliseconds.
    std::string date = format_rfc3339(time).substr(0, 19);
    std::erase_if(date, [](char c) { return c == '-' || c == ':'; });
    return date + "Z";
}

std::string authorization(const SignedRequest& request, const Credentials& who,
                          const SigningScope& scope) {
    return fmt::format("{} Credential={}/{},SignedHeaders={},Signature={}", kAlgorithm,
                       who.access_key, scope_text(scope), signed_names(request.headers),
                       signature(request, who, scope));
}

std::string presigned_query(std::string_view method, std::string_view host, std::string_view path,
                            std::chrono::seconds lifetime, const Credentials& who,
                            const SigningScope& scope) {
    SignedRequest request{method, path, {}, {{"host", std::string(host)}}, kUnsignedPayload};
    request.query = {{"X-Amz-Algorithm", std::string(kAlgorithm)},
                     {"X-Amz-Credential", who.access_key + "/" + scope_text(scope)},
                     {"X-Amz-Date", amz_date(scope.now)},
                     {"X-Amz-Expires", std::to_string(lifetime.count())},
                     {"X-Amz-SignedHeaders", "host"}};
    if (!who.session_token.empty()) {
        request.query.emplace_back("X-Amz-Security-Token", who.session_token);
    }
    return canonical_query(request.query) + "&X-Amz-Signature=" + signature(request, who, scope);
}

}  // namespace syncwatch::s3
