#pragma once
#include <filesystem>
#include <memory>
#include <mutex>

#include "base/result.h"
#include "base/time.h"
#include "gateway/stream/stream.h"

struct ssl_ctx_st;

namespace syncwatch {

/// The server's certificate and how it speaks TLS: 1.2 and later, HTTP/1.1 by ALPN. Safe from any
/// thread.
class TlsContext {
public:
    struct Files {
        std::filesystem::path certificate;  ///< The chain, PEM.
        std::filesystem::path key;          ///< PEM, without a passphrase.
    };

    /// Errors: InvalidInput (reason "tls_files": a file cannot be read, or key and certificate
    /// do not belong together).
    static Result<std::unique_ptr<TlsContext>> load(Files files);

    /// Reads the files again: new connections get the new certificate, those that are open keep
    /// theirs. Errors: as load(); then the old one stays.
    Result<> reload();

    /// When the certificate ends.
    WallTime expires_at();

    /// The server's side of TLS over an accepted, non-blocking socket.
    std::unique_ptr<Stream> accept(int fd);

private:
    using Context = std::shared_ptr<ssl_ctx_st>;

    TlsContext(Files files, Context context);
    Context current();
    static Result<Context> make(const Files& files);

    const Files files_;
    std::mutex mutex_;  // Guards context_.
    Context context_;
};

}  // namespace syncwatch
