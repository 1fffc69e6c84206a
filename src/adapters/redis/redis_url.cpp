#include "adapters/redis/redis_url.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>

#include <fmt/format.h>

namespace syncwatch::redis {
namespace {

constexpr std::uint16_t kSentinelPort = 26379;
constexpr std::size_t kMaxEndpoints = 16;

tl::unexpected<Error> wrong(std::string_view what) {
    return fail(ErrorCode::InvalidInput, fmt::format("the URL of Redis: {}", what));
}

std::optional<int> number(std::string_view text, int most) {
    int value = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failed != std::errc() || end != text.data() + text.size() || value < 0 || value > most) {
        return std::nullopt;
    }
    return value;
}

std::optional<std::string> decode(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out.push_back(text[i]);
            continue;
        }
        unsigned value = 0;
        const std::string_view digits = text.substr(i + 1, 2);
        const auto [end, failed] =
            std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
        if (digits.size() != 2 || failed != std::errc() || end != digits.data() + 2) {
            return std::nullopt;
        }
        out.push_back(static_cast<char>(value));
        i += 2;
    }
    return out;
}

bool is_host(std::string_view host) {
    return !host.empty() && host.size() <= 253 && std::ranges::all_of(host, [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '.' || c == '-' || c == '_' || c == ':';
    });
}

Result<Endpoint> parse_endpoint(std::string_view text, std::uint16_t usual_port) {
    Endpoint endpoint{"", usual_port};
    std::string_view port;
    bool has_port = false;
    if (text.starts_with('[')) {
        const std::size_t end = text.find(']');
        if (end == std::string_view::npos) return wrong("an address without its \"]\"");
        endpoint.host = text.substr(1, end - 1);
        const std::string_view rest = text.substr(end + 1);
        if (!rest.empty() && rest[0] != ':') return wrong("something behind the \"]\"");
        has_port = !rest.empty();
        port = has_port ? rest.substr(1) : rest;
    } else {
        const std::size_t colon = text.find(':');
        has_port = colon != std::string_view::npos;
        endpoint.host = text.substr(0, colon);
        port = has_port ? text.substr(colon + 1) : std::string_view();
        if (endpoint.host.find(':') != std::string::npos) return wrong("too many colons");
    }
    if (!is_host(endpoint.host)) return wrong("no host, or one with odd letters");
    if (has_port) {
        const auto value = number(port, 65535);
        if (!value || *value == 0) return wrong("a port is a number from 1 to 65535");
        endpoint.port = static_cast<std::uint16_t>(*value);
    }
    return endpoint;
}

Result<> take_identity(std::string_view text, Address& into) {
    const std::size_t colon = text.find(':');
    const auto user = decode(text.substr(0, colon));
    const auto password =
        decode(colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1));
    if (!user || !password) return wrong("a \"%\" without two hexadecimal digits");
    into.user = *user;
    into.password = *password;
    return {};
}

Result<> take_database(std::string_view text, Address& into) {
    const auto value = number(text, 65535);
    if (!value) return wrong("a database is a number");
    into.database = *value;
    return {};
}

Result<> take_endpoints(std::string_view text, std::uint16_t usual_port, Address& into) {
    for (;;) {
        const std::size_t comma = text.find(',');
        SW_TRY(auto endpoint, parse_endpoint(text.substr(0, comma), usual_port));
        into.endpoints.push_back(std::move(endpoint));
        if (into.endpoints.size() > kMaxEndpoints) return wrong("more than 16 hosts");
        if (comma == std::string_view::npos) return {};
        text.remove_prefix(comma + 1);
    }
}

}  // namespace

std::string Endpoint::text() const {
    const bool v6 = host.find(':') != std::string::npos;
    return fmt::format("{}{}{}:{}", v6 ? "[" : "", host, v6 ? "]" : "", port);
}

Result<Address> parse_redis_url(std::string_view url) {
    const std::string_view scheme = url.substr(0, url.find(':'));
    const bool sentinels = scheme == "sentinel" || scheme == "sentinels";
    if (scheme.size() == url.size() || (!sentinels && scheme != "redis" && scheme != "rediss")) {
        return wrong("it begins with redis:, rediss:, sentinel: or sentinels:");
    }
    url.remove_prefix(scheme.size() + 1);
    if (url.starts_with("//")) url.remove_prefix(2);
    if (url.find_first_of("?#") != std::string_view::npos) return wrong("\"?\" or \"#\"");

    Address address;
    address.tls = scheme == "rediss" || scheme == "sentinels";
    if (const std::size_t at = url.rfind('@'); at != std::string_view::npos) {
        SW_CHECK(take_identity(url.substr(0, at), address));
        url.remove_prefix(at + 1);
    }
    const std::size_t slash = url.find('/');
    std::string_view path = slash == std::string_view::npos ? "" : url.substr(slash + 1);
    SW_CHECK(take_endpoints(url.substr(0, slash), sentinels ? kSentinelPort : 6379, address));
    if (sentinels) {
        const std::size_t end = path.find('/');
        address.master = path.substr(0, end);
        if (!is_host(address.master)) return wrong("no name of a master, as in /mymaster");
        path = end == std::string_view::npos ? "" : path.substr(end + 1);
    } else if (address.endpoints.size() > 1) {
        return wrong("more than one host without Sentinels");
    }
    if (!path.empty()) SW_CHECK(take_database(path, address));
    return address;
}

}  // namespace syncwatch::redis
