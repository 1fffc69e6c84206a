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

/// What a URL says, by libpq's words for it.
Result<std::map<std::string, std::string>> words_of(const std::string& url) {
    PQconninfoOption* const options = PQconninfoParse(url.c_str(), nullptr);
    if (options == nullptr) return fail(ErrorCode::InvalidInput, "no URL of PostgreSQL");
    std::map<std::string, std::string> words;
    for (const PQconninfoOption* each = options; each->keyword != nullptr; ++each) {
        if (each->val != nullptr) words[each->keyword] = each->val;
    }
    PQconninfoFree(options);
    if (words["user"].empty()) words["user"] = "postgres";
    if (words["dbname"].empty()) words["dbname"] = words["user"];
    return words;
}

}  // namespace

bool is_url(std::string_view text) {
    if (!text.starts_with("postgres://") && !text.starts_with("postgresql://")) return false;
    PQconninfoOption* const options = PQconninfoParse(std::string(text).c_str(), nullptr);
    PQconninfoFree(options);
    return options != nullptr;
}

Result<std::string> database_in(const std::string& url) {
    SW_TRY(auto words, words_of(url));
    return words["dbname"];
}

Result<std::string> url_at_socket(const std::string& url, const std::filesystem::path& socket,
                                  std::uint16_t port) {
    SW_TRY(auto words, words_of(url));
    return fmt::format("postgres://{}@/{}?host={}&port={}", encoded(words["user"]),
                       encoded(words["dbname"]), encoded(socket.string()), port);
}

}  // namespace syncwatch::postgres
