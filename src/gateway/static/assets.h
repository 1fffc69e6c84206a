#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "gateway/http/message.h"

namespace syncwatch::http {

/// Encodings that a client takes (RFC 9110, 12.5.3), and that files lie ready in.
struct Accepted {
    bool brotli = false;
    bool gzip = false;
};
Accepted accepted_encodings(std::string_view field);

/// One file of the web app, in the best encoding that the client takes.
struct Asset {
    std::variant<StaticBytes, FileBody> body;
    std::string etag;                ///< With its quotes; another for each encoding.
    std::string_view encoding = {};  ///< For Content-Encoding; empty: as it is.
    bool varies = false;             ///< There are other encodings of it.
};

/// The files of the web app, by path ("/assets/index-4f2a.js"). Safe from any thread.
class Assets {
public:
    virtual ~Assets() = default;
    /// nullopt: there is no such file.
    virtual std::optional<Asset> find(const std::string& path, Accepted accepted) const = 0;
};

/// A file inside the program, whose bytes live as long as it.
struct EmbeddedFile {
    std::string_view path;
    std::string_view hash;  ///< Of its content, in characters that an ETag may have.
    std::string_view plain;
    std::string_view gzip;    ///< Empty: there is none.
    std::string_view brotli;  ///< Empty: there is none.
};

/// Files inside the program, sorted by path.
class EmbeddedAssets final : public Assets {
public:
    explicit EmbeddedAssets(std::span<const EmbeddedFile> files) : files_(files) {}
    std::optional<Asset> find(const std::string& path, Accepted accepted) const override;

private:
    const std::span<const EmbeddedFile> files_;
};

/// Files of a folder, as they are at the moment of the question: for working on the web app. A
/// `.br` or `.gz` beside a file is its encoding.
class FolderAssets final : public Assets {
public:
    explicit FolderAssets(std::filesystem::path folder) : folder_(std::move(folder)) {}
    std::optional<Asset> find(const std::string& path, Accepted accepted) const override;

private:
    const std::filesystem::path folder_;
};

/// By the end of its name: "text/css; charset=utf-8". What is not known is binary.
std::string_view content_type_of(std::string_view path);

}  // namespace syncwatch::http
