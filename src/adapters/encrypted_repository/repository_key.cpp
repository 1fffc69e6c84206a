#include "adapters/encrypted_repository/repository_key.h"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <span>

namespace syncwatch::encrypted {
namespace {

constexpr std::string_view kBegins = "syncwatch-repository-key:";

tl::unexpected<Error> no_key(const std::string& why) {
    return fail(ErrorCode::InvalidInput, why, "no_repository_key");
}

}  // namespace

RepositoryKey RepositoryKey::make(Random& random) {
    Sha256Sum bytes{};
    random.fill(std::span(bytes));
    return RepositoryKey(bytes);
}

Result<RepositoryKey> RepositoryKey::parse(std::string_view text) {
    std::string_view found;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        while (!line.empty() && (line.back() == ' ' || line.back() == '\r')) line.remove_suffix(1);
        if (line.empty() || line.front() == '#') continue;
        if (!found.empty()) return no_key("it says more than one key");
        found = line;
    }
    if (!found.starts_with(kBegins)) return no_key("it is not the key of a repository");
    found.remove_prefix(kBegins.size());
    const auto bytes = decode_base64url(found);
    Sha256Sum sum{};
    if (!bytes || bytes->size() != sum.size() || encode_base64url(*bytes) != found) {
        return no_key("the key of a repository in it is not whole");
    }
    std::ranges::copy(*bytes, sum.begin());
    return RepositoryKey(sum);
}

Result<RepositoryKey> RepositoryKey::read(const std::filesystem::path& file) {
    constexpr std::size_t kMost = 4096;
    std::ifstream in(file, std::ios::binary);
    if (!in) {
        const bool is_absent = errno == ENOENT || errno == ENOTDIR;
        return fail(is_absent ? ErrorCode::NotFound : ErrorCode::Forbidden,
                    "the key of the repository, " + file.string() +
                        (is_absent ? ", is not there" : ", cannot be read"),
                    "no_repository_key");
    }
    std::string text(kMost, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(in.gcount()));
    auto key = parse(text);
    if (!key) return fail(std::move(key).error().within(file.string()));
    return key;
}

std::string RepositoryKey::text() const {
    return std::string(kBegins) + encode_base64url(bytes_) + "\n";
}

std::string RepositoryKey::id() const {
    constexpr std::size_t kShown = 8;
    const Sha256Sum sum = derived("id");
    return encode_hex(std::span(sum).first(kShown));
}

Sha256Sum RepositoryKey::derived(std::string_view purpose) const {
    return hmac_sha256(bytes_, as_bytes("syncwatch repository " + std::string(purpose)));
}

}  // namespace syncwatch::encrypted
