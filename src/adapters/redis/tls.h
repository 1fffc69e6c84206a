#pragma once
#include <filesystem>
#include <memory>
#include <string>

#include "base/result.h"

struct x509_store_ctx_st;

namespace boost::asio::ssl {
class context;
}

namespace syncwatch::redis {

/// Whom a connection over TLS trusts. Shared by connections, which only read it.
using TlsTrust = std::shared_ptr<boost::asio::ssl::context>;

/// The certificates in `authorities` (PEM); empty: those that the system trusts. TLS 1.2 and later.
/// Errors: InvalidInput (the file cannot be read).
Result<TlsTrust> load_trust(const std::filesystem::path& authorities);

/// Which certificate was refused in a handshake, and for what, in words for operators.
std::string refusal(x509_store_ctx_st* checked);

}  // namespace syncwatch::redis
