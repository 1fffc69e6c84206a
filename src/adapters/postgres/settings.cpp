#include "adapters/postgres/settings.h"

#include <map>

#include <fmt/format.h>
#include <libpq-fe.h>

namespace syncwatch::postgres {
namespace {

/// As a part of a URL.
std::string encoded(std::string_view text) {
    std::string out;
    for (const char each : text) {
        const bool is_plain = (each >= 'a' && each <= 'z') || (each >= 'A' && each <= 'Z') ||
                              (each >= '0' && each <= '9') || each == '_' || each == '-' ||
                              each == '.';
        if (is_plain) {
            out += each;
        } else {
            out += fmt::format("%{:02X}", static_cast<unsigned char>(each));
        }
    }
    return out;
}

}  // namespace

bool is_url(std::string_view text) {
    if (!text.starts_with("postgres://") && !text.starts_with("postgresql://")) return false;
    PQconninfoOption* const options = PQconninfoParse(std::string(text).c_str(), nullptr);
    PQconninfoFree(options);
    return options != nullptr;
}

Result<std::string> url_at_socket(const std::string& url, const std::filesystem::path& socket,
                                  std::uint16_t port) {
    PQconninfoOption* const options = PQconninfoParse(url.c_str(), nullptr);
    if (options == nullptr) return fail(ErrorCode::InvalidInput, "no URL of PostgreSQL");
    std::map<std::string_view, std::string> words;
    for (const PQconninfoOption* each = options; each->keyword != nullptr; ++each) {
        if (each->val != nullptr) words[each->keyword] = each->val;
    }
    PQconninfoFree(options);
    const std::string role = words["user"].empty() ? "postgres" : words["user"];
    const std::string database = words["dbname"].empty() ? role : words["dbname"];
    return fmt::format("postgres://{}@/{}?host={}&port={}", encoded(role), encoded(database),
                       encoded(socket.string()), port);
}

}  // namespace syncwatch::postgres
