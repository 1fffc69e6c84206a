#include "apps/escrow/secret_values.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

#include <fmt/format.h>

#include "base/encoding.h"

namespace syncwatch::apps {
namespace {

/// A shorter value stands in too many places where it means nothing; those that have a name are
/// found by it.
constexpr std::size_t kShortest = 4;

constexpr std::array<std::string_view, 8> kSecretWords = {
    "password", "passwd", "passphrase", "secret", "secret_key", "access_key", "token", "pass"};

bool is_plain(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '.' || c == '_' ||
           c == '~';
}

std::string percent_encoded(std::string_view text) {
    std::string out;
    for (const char c : text) {
        out +=
            is_plain(c) ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return out;
}

/// Where a secret stands in a text.
struct Place {
    std::size_t at;
    std::size_t size;
};
using Places = std::vector<Place>;

/// From `at` to the end of the word that a URL or a value is.
std::size_t end_of_word(std::string_view text, std::size_t at) {
    return std::min(text.find_first_of(" \t\r\n\"'<>`", at), text.size());
}

/// "scheme://user:HERE@host"
Places passwords_in_urls(std::string_view text) {
    constexpr std::string_view kMark = "://";
    Places found;
    for (std::size_t mark = text.find(kMark); mark != std::string_view::npos;
         mark = text.find(kMark, mark + kMark.size())) {
        const std::size_t start = mark + kMark.size();
        const std::size_t end = std::min(text.find('/', start), end_of_word(text, start));
        const std::string_view authority = text.substr(start, end - start);
        const std::size_t at = authority.rfind('@');
        const std::size_t colon = authority.find(':');
        if (at == std::string_view::npos || colon >= at || colon + 1 == at) continue;
        found.push_back({start + colon + 1, at - colon - 1});
    }
    return found;
}

bool is_name(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
}

/// Whether something of this name is a secret: "SYNCWATCH_DATABASE_PASSWORD", "turn-secret"; not
/// the name of its file.
bool names_secret(std::string_view name) {
    std::string plain;
    for (const char c : name) {
        plain += c == '-' ? '_' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    return std::ranges::any_of(kSecretWords,
                               [&](std::string_view each) { return plain.ends_with(each); });
}

/// "some_password = HERE", "PASSWORD=HERE", "?password=HERE&…"
Places values_by_name(std::string_view text) {
    Places found;
    for (std::size_t equals = text.find('='); equals != std::string_view::npos;
         equals = text.find('=', equals + 1)) {
        std::size_t name_end = equals;
        while (name_end > 0 && (text[name_end - 1] == ' ' || text[name_end - 1] == '\t'))
            --name_end;
        std::size_t name_at = name_end;
        while (name_at > 0 && is_name(text[name_at - 1])) --name_at;
        if (!names_secret(text.substr(name_at, name_end - name_at))) continue;
        std::size_t at = equals + 1;
        while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) ++at;
        if (at == text.size()) break;
        const bool quoted = text[at] == '"' || text[at] == '\'';
        const std::size_t close = quoted ? text.find(text[at], at + 1) : std::string_view::npos;
        if (quoted) ++at;
        const std::size_t end = quoted ? std::min(close, text.size())
                                       : std::min(text.find('&', at), end_of_word(text, at));
        if (end > at) found.push_back({at, end - at});
    }
    return found;
}

std::string without(std::string_view text, Places places) {
    std::ranges::sort(places, {}, &Place::at);
    std::string out;
    std::size_t done = 0;
    for (const Place& each : places) {
        if (each.at < done) continue;
        out += text.substr(done, each.at - done);
        out += kTakenOut;
        done = each.at + each.size;
    }
    return out += text.substr(std::min(done, text.size()));
}

Places structural(std::string_view text) {
    Places all = passwords_in_urls(text);
    for (const Place& each : values_by_name(text)) all.push_back(each);
    return all;
}

}  // namespace

std::string percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = text[i] == '%' && i + 2 < text.size()
                              ? decode_hex(text.substr(i + 1, 2))
                              : Result<std::vector<std::uint8_t>>(std::vector<std::uint8_t>());
        if (byte && byte->size() == 1) {
            out += static_cast<char>(byte->front());
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

void SecretValues::add(std::string_view value) {
    for (const std::string& each :
         {std::string(value), percent_decoded(value), percent_encoded(value)}) {
        if (each.size() >= kShortest && each != kTakenOut) values_.insert(each);
    }
}

void SecretValues::add_url(std::string_view url) {
    for (const Place& each : structural(url)) add(url.substr(each.at, each.size));
}

std::string SecretValues::take_out(std::string_view text) const {
    std::string out = without(text, structural(text));
    Places places;
    for (const std::string& value : values_) {
        for (std::size_t at = out.find(value); at != std::string::npos;
             at = out.find(value, at + value.size())) {
            places.push_back({at, value.size()});
        }
    }
    // Where two overlap, both go: what is left of the second would be a part of a secret.
    std::ranges::sort(places, {}, &Place::at);
    Places joined;
    for (const Place& each : places) {
        if (joined.empty() || each.at >= joined.back().at + joined.back().size) {
            joined.push_back(each);
            continue;
        }
        Place& last = joined.back();
        last.size = std::max(last.size, each.at + each.size - last.at);
    }
    return without(out, std::move(joined));
}

bool holds_private_key(std::string_view text) {
    return text.find("PRIVATE KEY-----") != std::string_view::npos ||
           text.find("AGE-SECRET-KEY-1") != std::string_view::npos;
}

}  // namespace syncwatch::apps
