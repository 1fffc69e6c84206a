#pragma once
#include <filesystem>
#include <functional>
#include <mutex>
#include <string_view>

#include "adapters/s3/sigv4.h"
#include "base/result.h"

namespace syncwatch::s3 {

/// Gives the credentials to sign with now. Asked for each request, on its caller's thread: it must
/// not block for long. Errors: any; the request fails with it.
using CredentialsSource = std::function<Result<Credentials>()>;

/// Reads what AWS's own tools call a shared credentials file: "aws_access_key_id = …",
/// "aws_secret_access_key = …" and perhaps "aws_session_token = …", below "[default]" or without a
/// heading. Other sections are not ours. Errors: InvalidInput, without any secret in its text.
Result<Credentials> parse_credentials(std::string_view text);

/// Credentials of a file that may be replaced while we run: it is read again when it has changed. A
/// new one that cannot be read leaves the old ones in use, and is logged once. Safe from any
/// thread.
class CredentialsFile {
public:
    explicit CredentialsFile(std::filesystem::path file) : file_(std::move(file)) {}

    /// Errors: InvalidInput (there never was a good one).
    Result<Credentials> current();

private:
    /// What tells one version of the file from the next.
    struct Version {
        std::uint64_t inode = 0;
        std::uint64_t size = 0;
        std::int64_t changed_ns = 0;
        bool operator==(const Version&) const = default;
    };
    Result<Version> version() const;
    Result<Credentials> read() const;

    const std::filesystem::path file_;
    std::mutex mutex_;  // Guards what follows.
    Version seen_;
    Result<Credentials> last_ = fail(ErrorCode::InvalidInput, "never read");
};

}  // namespace syncwatch::s3
