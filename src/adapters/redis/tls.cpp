#include "adapters/redis/tls.h"

#include <boost/asio/ssl/context.hpp>
#include <fmt/format.h>

namespace syncwatch::redis {

Result<TlsTrust> load_trust(const std::filesystem::path& authorities) {
    namespace ssl = boost::asio::ssl;
    auto trust = std::make_shared<ssl::context>(ssl::context::tls_client);
    trust->set_options(ssl::context::default_workarounds | ssl::context::no_tlsv1 |
                       ssl::context::no_tlsv1_1);
    trust->set_verify_mode(ssl::verify_peer);
    boost::system::error_code failed;
    if (authorities.empty()) {
        trust->set_default_verify_paths(failed);
    } else {
        trust->load_verify_file(authorities.string(), failed);
    }
    if (!failed) return trust;
    return fail(ErrorCode::InvalidInput,
                fmt::format("certificates of {}: {}", authorities.string(), failed.message()));
}

}  // namespace syncwatch::redis
