#pragma once
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/s3/exchange.h"

namespace syncwatch::s3 {

/// What the store says of an object.
struct ObjectFacts {
    std::uint64_t size = 0;
    std::optional<Sha256Sum> sha256;  ///< As said when it was put; nullopt: by another program.
};

/// The operations of S3 that SyncWatch needs, in words that AWS documents. Names are keys below the
/// location's prefix. Errors of all: as Exchange::ask. Safe from any thread.
class S3Client {
public:
    /// How far down a listing goes: to every name, or to folders, which end in a slash, and names
    /// beside them that are in none.
    enum class Depth : std::uint8_t { Names, Folders };
    /// An object, or a folder with all that is in it.
    struct Listed {
        std::string name;
        std::uint64_t size = 0;  ///< A folder has none.
        WallTime stored_at{};    ///< The same.
    };
    /// A page of a listing.
    struct Page {
        std::vector<Listed> all;
        std::string next;  ///< Where the next page begins; empty: this was the last.
    };

    /// `exchange` outlives this.
    explicit S3Client(Exchange& exchange) : exchange_(exchange) {}

    /// That the bucket is there, and that we may read it. Errors: Unavailable, saying what to do.
    Async<> check_bucket();
    /// It may be ours already.
    Async<> create_bucket();

    /// `sum` is the SHA-256 of the body: the store checks it, and keeps it for readers.
    Async<> put(std::string name, HttpBody body, Sha256Sum sum);
    /// The same where nothing is yet. Errors: Conflict (something is). A store that knows no
    /// conditions puts it all the same: ask first.
    Async<> create(std::string name, HttpBody body, Sha256Sum sum);
    /// Brings the object into `download`. Errors: Corrupt (its bytes are not those that were put,
    /// twice in a row); Unavailable also when the download's file takes no more.
    Async<ObjectFacts> get(std::string name, std::shared_ptr<Download> download);
    /// Bytes of it, at most 8 MiB. Errors: NotFound also when it is shorter than `offset`.
    Async<std::string> get_part(std::string name, std::uint64_t offset, std::uint64_t count);
    Async<ObjectFacts> head(std::string name);
    /// A state of an object that a bucket with versions keeps: the one that is there, or of before.
    struct Version {
        std::string id;
        std::uint64_t size = 0;
    };
    /// The newest first, a thousand at most; none: nothing of that name, or the store keeps no
    /// versions, or does not let us look. Source: Amazon S3 API, ListObjectVersions.
    Async<std::vector<Version>> versions(std::string name);
    Async<ObjectFacts> head_version(std::string name, std::string version);
    /// Makes it the one that is there, with what was said of it when it was put. Errors:
    /// InvalidInput (it is that already, or larger than 5 GiB). Source: Amazon S3 API, CopyObject.
    Async<> bring_back(std::string name, std::string version);
    /// Absent is success.
    Async<> remove(std::string name);
    /// The same, where not being allowed to is to be expected. Errors: Forbidden.
    Async<> remove_if_allowed(std::string name);
    /// Errors: Forbidden (one of them may not be removed).
    Async<> remove_many(std::vector<std::string> names);
    /// `most` is at most 1000.
    Async<Page> list_page(std::string prefix, std::string from, int most = 1000,
                          Depth depth = Depth::Names);
    /// What begins with `prefix`, sorted. Errors: Unavailable also when it is more than anybody
    /// has.
    Async<std::vector<std::string>> list(std::string prefix, int page = 1000,
                                         Depth depth = Depth::Names);
    /// The same with their sizes.
    Async<std::vector<Listed>> list_sizes(std::string prefix, int page = 1000,
                                          Depth depth = Depth::Names);

    /// An address that anybody may read the object at, for so long (at most seven days).
    Result<std::string> presigned_get(const std::string& name, std::chrono::seconds lifetime) {
        return exchange_.presigned_get(full(name), lifetime);
    }

private:
    std::string full(std::string_view name) const;
    /// A name of an answer without our prefix. Errors: Corrupt.
    Result<std::string> short_name(std::string_view encoded) const;
    Async<> remove_some(std::vector<std::string> names);
    Result<Page> read_page(const std::string& body) const;

    Exchange& exchange_;
};

/// The metadata an object's SHA-256 is kept in.
constexpr std::string_view kSumHeader = "x-amz-meta-sha256";
/// A request that makes an object is refused (412) where there is one. Source: Amazon S3 User
/// Guide, "How to prevent object overwrites with conditional writes".
inline const std::pair<std::string, std::string> kIfNothingIsThere{"if-none-match", "*"};

}  // namespace syncwatch::s3
