#include "gateway/static/assets.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

namespace syncwatch::http {
namespace {

constexpr std::pair<std::string_view, std::string_view> kTypes[] = {
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json"},
    {".webmanifest", "application/manifest+json"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".webp", "image/webp"},
    {".avif", "image/avif"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".wasm", "application/wasm"},
    {".txt", "text/plain; charset=utf-8"},
};

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
}

/// The weight of "gzip;q=0.5", 1 where none is given.
double weight_of(std::string_view parameters) {
    const std::size_t at = parameters.find("q=");
    if (at == std::string_view::npos) return 1;
    double weight = 1;
    const std::string_view digits = parameters.substr(at + 2);
    std::from_chars(digits.data(), digits.data() + digits.size(), weight);
    return weight;
}

/// True if no part of the path leads elsewhere or is hidden.
bool is_plain_path(std::string_view path) {
    if (!path.starts_with('/') || path.find('\0') != std::string_view::npos) return false;
    while (!path.empty()) {
        path.remove_prefix(1);
        const std::string_view part = path.substr(0, path.find('/'));
        if (part.empty() || part.front() == '.') return false;
        path.remove_prefix(part.size());
    }
    return true;
}

/// An ordinary file, with an ETag that changes whenever it is written.
std::optional<Asset> open_file(const std::string& file, std::string_view encoding) {
    UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    struct stat facts {};
    if (!fd || ::fstat(fd.get(), &facts) != 0 || !S_ISREG(facts.st_mode)) return std::nullopt;
    Asset asset;
    asset.etag = fmt::format("\"{:x}-{:x}.{:x}-{}\"", facts.st_size, facts.st_mtim.tv_sec,
                             facts.st_mtim.tv_nsec, encoding);
    asset.encoding = encoding;
    asset.body = FileBody{std::move(fd), 0, static_cast<std::uint64_t>(facts.st_size)};
    return asset;
}

}  // namespace

Accepted accepted_encodings(std::string_view field) {
    Accepted accepted;
    while (!field.empty()) {
        const std::string_view one = field.substr(0, field.find(','));
        field.remove_prefix(std::min(field.size(), one.size() + 1));
        const std::size_t semicolon = std::min(one.find(';'), one.size());
        const std::string_view name = trimmed(one.substr(0, semicolon));
        const bool wanted = weight_of(one.substr(semicolon)) > 0;
        if (name == "br") accepted.brotli = wanted;
        if (name == "gzip") accepted.gzip = wanted;
    }
    return accepted;
}

std::string_view content_type_of(std::string_view path) {
    for (const auto& [ending, type] : kTypes) {
        if (path.ends_with(ending)) return type;
    }
    return "application/octet-stream";
}

std::optional<Asset> EmbeddedAssets::find(const std::string& path, Accepted accepted) const {
    const auto file = std::ranges::lower_bound(files_, std::string_view(path), std::less<>(),
                                               &EmbeddedFile::path);
    if (file == files_.end() || file->path != path) return std::nullopt;
    Asset asset;
    asset.varies = !file->brotli.empty() || !file->gzip.empty();
    std::string_view bytes = file->plain;
    if (accepted.brotli && !file->brotli.empty()) {
        bytes = file->brotli;
        asset.encoding = "br";
    } else if (accepted.gzip && !file->gzip.empty()) {
        bytes = file->gzip;
        asset.encoding = "gzip";
    }
    asset.etag =
        fmt::format("\"{}{}{}\"", file->hash, asset.encoding.empty() ? "" : "-", asset.encoding);
    asset.body = StaticBytes{bytes};
    return asset;
}

std::optional<Asset> FolderAssets::find(const std::string& path, Accepted accepted) const {
    if (!is_plain_path(path)) return std::nullopt;
    const std::string file = folder_.string() + path;
    auto asset = open_file(file, "");
    if (!asset) return std::nullopt;
    auto brotli = open_file(file + ".br", "br");
    auto gzip = open_file(file + ".gz", "gzip");
    const bool varies = brotli || gzip;
    if (accepted.brotli && brotli) {
        asset = std::move(brotli);
    } else if (accepted.gzip && gzip) {
        asset = std::move(gzip);
    }
    asset->varies = varies;
    return asset;
}

}  // namespace syncwatch::http
