#pragma once
#include <filesystem>
#include <memory>

#include "base/result.h"

namespace boost::asio::ssl {
class context;
}

namespace syncwatch::redis {

/// Whom a connection over TLS trusts. Shared by connections, which only read it.
using TlsTrust = std::shared_ptr<boost::asio::ssl::context>;

/// The certificates in `authorities` (PEM); empty: those that the system trusts. TLS 1.2 and later.
/// Errors: InvalidInput (the file cannot be read).
Result<TlsTrust> load_trust(const std::filesystem::path& authorities);

}  // namespace syncwatch::redis
