#include "gateway/http/response_head.h"

#include <chrono>
#include <iterator>

#include <boost/beast/http/status.hpp>
#include <fmt/format.h>

#include "base/time.h"

namespace syncwatch::http {
namespace {

constexpr std::string_view kSecurityFields =
    "X-Content-Type-Options: nosniff\r\n"
    "Referrer-Policy: no-referrer\r\n"
    "Cross-Origin-Opener-Policy: same-origin\r\n"
    "Permissions-Policy: camera=(), geolocation=(), microphone=(self), fullscreen=(self)\r\n";

bool may_have_body(int status) {
    return status >= 200 && status != 204 && status != 304;
}

}  // namespace

/// Scripts, styles and frames come from this site alone; media may also be blobs (MSE) and
/// pictures data URLs. No inline script, ever.
std::string content_security_policy(std::string_view films_from) {
    const std::string also = films_from.empty() ? "" : " " + std::string(films_from);
    return fmt::format(
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
        "media-src 'self' blob:{}; connect-src 'self'{}; worker-src 'self' blob:; "
        "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'",
        also, also);
}

std::uint64_t body_size(const Response& response) {
    if (const auto* text = std::get_if<std::string>(&response.body)) return text->size();
    if (const auto* shared = std::get_if<std::shared_ptr<const std::string>>(&response.body)) {
        return (*shared)->size();
    }
    if (const auto* bytes = std::get_if<StaticBytes>(&response.body)) return bytes->bytes.size();
    if (const auto* file = std::get_if<FileBody>(&response.body)) return file->size;
    return 0;
}

std::string response_head(const Response& response, const HeadOptions& options) {
    std::string head;
    head.reserve(1024);
    auto out = std::back_inserter(head);
    const auto reason = boost::beast::http::obsolete_reason(
        boost::beast::http::int_to_status(static_cast<unsigned>(response.status)));
    fmt::format_to(out, "HTTP/1.1 {} {}\r\nDate: {}\r\n", response.status,
                   std::string_view(reason.data(), reason.size()),
                   format_http_date(std::chrono::time_point_cast<std::chrono::microseconds>(
                       std::chrono::system_clock::now())));
    for (const auto& [key, value] : response.fields.all()) {
        fmt::format_to(out, "{}: {}\r\n", key, value);
    }
    if (may_have_body(response.status) && !response.fields.find("Content-Length")) {
        fmt::format_to(out, "Content-Length: {}\r\n", body_size(response));
    }
    fmt::format_to(out, "X-Request-Id: {}\r\n", options.request_id);
    if (!response.fields.find("Content-Security-Policy")) {
        static const std::string usual = content_security_policy();
        fmt::format_to(out, "Content-Security-Policy: {}\r\n", usual);
    }
    head += kSecurityFields;
    if (options.tls) head += "Strict-Transport-Security: max-age=31536000\r\n";
    if (!options.keep_alive) head += "Connection: close\r\n";
    head += "\r\n";
    return head;
}

}  // namespace syncwatch::http
