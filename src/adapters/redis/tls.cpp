#include "adapters/redis/tls.h"

#include <array>
#include <utility>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <fmt/format.h>
#include <openssl/x509_vfy.h>

#include "adapters/redis/tls_stream.h"

namespace syncwatch::redis {
namespace {

std::string time_of(const ASN1_TIME* time) {
    std::tm parts{};
    if (time == nullptr || ASN1_TIME_to_tm(time, &parts) == 0) return "?";
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", parts.tm_year + 1900,
                       parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

}  // namespace

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

std::string refusal(x509_store_ctx_st* checked) {
    const X509* const certificate = X509_STORE_CTX_get_current_cert(checked);
    if (certificate == nullptr) return "the server shows no certificate";
    std::array<char, 256> subject{};
    X509_NAME_oneline(X509_get_subject_name(certificate), subject.data(),
                      static_cast<int>(subject.size()));
    const std::string whose = fmt::format("the server's certificate {}", subject.data());
    const int verdict = X509_STORE_CTX_get_error(checked);
    if (verdict == X509_V_ERR_CERT_HAS_EXPIRED) {
        return fmt::format("{} ended at {}: renew it and reload the server", whose,
                           time_of(X509_get0_notAfter(certificate)));
    }
    if (verdict == X509_V_OK) return whose + " is for another name";
    return fmt::format("{} is refused: {}", whose, X509_verify_cert_error_string(verdict));
}

void expect_host(boost::asio::ssl::stream<boost::asio::ip::tcp::socket&>& stream,
                 const std::string& host, std::shared_ptr<std::string> why) {
    namespace net = boost::asio;
    stream.set_verify_callback(
        [verify = net::ssl::host_name_verification(host), why = std::move(why)](
            bool trusted, net::ssl::verify_context& context) {
            const bool good = verify(trusted, context);
            if (!good && why->empty()) *why = refusal(context.native_handle());
            return good;
        });
    boost::system::error_code is_name;
    (void)net::ip::make_address(host, is_name);
    if (is_name) ::SSL_set_tlsext_host_name(stream.native_handle(), host.c_str());
}

}  // namespace syncwatch::redis
