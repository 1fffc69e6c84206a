#pragma once
#include <filesystem>

#include "apps/lab/server_process.h"

namespace syncwatch::lab {

/// Makes ca.crt, and server.pem (certificate and key) for localhost and 127.0.0.1, in `folder`,
/// which belongs to whom servers run as. `like` says where tools run and log. Errors: Unavailable.
Result<> make_server_certificate(const std::filesystem::path& folder, Launch like);

}  // namespace syncwatch::lab
