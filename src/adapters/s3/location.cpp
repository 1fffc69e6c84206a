#include "adapters/s3/location.h"

#include <algorithm>
#include <charconv>

namespace syncwatch::s3 {
namespace {

tl::unexpected<Error> refused(std::string why) {
    return fail(ErrorCode::InvalidInput,
                std::move(why) + "; expected s3:https://HOST/BUCKET?region=REGION");
}

bool is_lower_alnum(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool is_name_letter(char c) {
    return is_lower_alnum(c) || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == '.';
}

bool is_port(std::string_view text) {
    unsigned port = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), port);
    return failed == std::errc() && end == text.data() + text.size() && port > 0 && port < 65536;
}

/// Amazon S3 User Guide, "Bucket naming rules": those that are about letters.
bool is_bucket(std::string_view name) {
    const auto fits = [](char c) { return is_lower_alnum(c) || c == '-' || c == '.'; };
    return name.size() >= 3 && name.size() <= 63 && std::ranges::all_of(name, fits) &&
           is_lower_alnum(name.front()) && is_lower_alnum(name.back()) &&
           name.find("..") == std::string_view::npos;
}

Result<> take_host(std::string_view text, Location& to) {
    const std::size_t colon = text.find(':');
    const std::string_view name = text.substr(0, colon);
    const auto fits = [](char c) { return is_lower_alnum(c) || c == '-' || c == '.'; };
    if (name.empty() || !std::ranges::all_of(name, fits)) {
        return refused("\"" + std::string(name) + "\" is no host in lower case");
    }
    to.host = name;
    if (colon == std::string_view::npos) return {};
    const std::string_view port = text.substr(colon + 1);
    if (!is_port(port)) return refused("\"" + std::string(port) + "\" is no port");
    if (port != (to.scheme == "https" ? "443" : "80")) to.host.append(":").append(port);
    return {};
}

Result<> take_prefix(std::string_view text, Location& to) {
    while (!text.empty()) {
        const std::string_view part = text.substr(0, text.find('/'));
        if (part.empty() || part == "." || part == ".." ||
            !std::ranges::all_of(part, is_name_letter)) {
            return refused("the prefix has a part that is no name");
        }
        to.prefix.append(part).append("/");
        text.remove_prefix(std::min(text.size(), part.size() + 1));
    }
    return {};
}

Result<> take_setting(std::string_view text, Location& to) {
    const std::size_t equals = text.find('=');
    const std::string_view name = text.substr(0, equals);
    const std::string_view value =
        equals == std::string_view::npos ? std::string_view() : text.substr(equals + 1);
    if (value.empty()) return refused("\"" + std::string(name) + "\" has no value");
    if (name == "region" && std::ranges::all_of(value, is_name_letter)) {
        to.region = value;
    } else if (name == "style" && (value == "path" || value == "virtual")) {
        to.style = value == "path" ? Style::Path : Style::Virtual;
    } else if (name == "ca" && value.front() == '/') {
        to.ca_file = value;
    } else {
        return refused("\"" + std::string(text) + "\" is no setting: there are region=REGION, " +
                       "style=path, style=virtual and ca=/FILE");
    }
    return {};
}

}  // namespace

Result<Location> Location::parse(std::string_view url) {
    constexpr std::string_view kKind = "s3:";
    Location location;
    if (!url.starts_with(kKind)) return refused("it does not begin with s3:");
    url.remove_prefix(kKind.size());
    const std::size_t slashes = url.find("://");
    if (slashes == std::string_view::npos) return refused("https:// is missing");
    location.scheme = url.substr(0, slashes);
    if (location.scheme != "https" && location.scheme != "http") {
        return refused("\"" + location.scheme + "\" is neither https nor http");
    }
    url.remove_prefix(slashes + 3);
    const std::size_t mark = url.find('?');
    std::string_view settings;
    if (mark != std::string_view::npos) {
        settings = url.substr(mark + 1);
        if (settings.empty()) return refused("nothing follows the question mark");
    }
    url = url.substr(0, mark);

    const std::size_t slash = url.find('/');
    SW_CHECK(take_host(url.substr(0, slash), location));
    if (slash == std::string_view::npos) return refused("the bucket is missing");
    url.remove_prefix(slash + 1);
    const std::string_view bucket = url.substr(0, url.find('/'));
    if (!is_bucket(bucket)) return refused("\"" + std::string(bucket) + "\" is no bucket's name");
    location.bucket = bucket;
    url.remove_prefix(std::min(url.size(), bucket.size() + 1));
    SW_CHECK(take_prefix(url, location));
    while (!settings.empty()) {
        const std::string_view each = settings.substr(0, settings.find('&'));
        SW_CHECK(take_setting(each, location));
        settings.remove_prefix(std::min(settings.size(), each.size() + 1));
    }
    return location;
}

std::string Location::asked_host() const {
    return style == Style::Path ? host : bucket + "." + host;
}

std::string Location::path_of(std::string_view name) const {
    std::string path = style == Style::Path ? "/" + bucket : std::string();
    if (!name.empty() || path.empty()) path.append("/").append(name);
    return path;
}

}  // namespace syncwatch::s3
