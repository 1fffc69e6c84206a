#include "gateway/stream/tls_context.h"

#include <array>
#include <ctime>
#include <string>
#include <utility>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "gateway/stream/tls_stream.h"

namespace syncwatch {
namespace {

std::string last_reason() {
    std::array<char, 256> text{};
    const unsigned long code = ERR_peek_last_error();
    if (code == 0) return "no reason given";
    ERR_error_string_n(code, text.data(), text.size());
    const char* reason = ERR_reason_error_string(code);
    return reason == nullptr ? text.data() : reason;
}

tl::unexpected<Error> cannot_use(const std::string& what, const std::filesystem::path& file) {
    return fail(ErrorCode::InvalidInput,
                what + " " + file.string() + " cannot be used: " + last_reason(), "tls_files");
}

/// HTTP/1.1 is all that is spoken here; whoever offers nothing gets it too.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* size,
                    const unsigned char* offered, unsigned int offered_size, void*) {
    static constexpr std::array<unsigned char, 9> kSpoken = {8,   'h', 't', 't', 'p',
                                                             '/', '1', '.', '1'};
    unsigned char* out = nullptr;
    const int found =
        SSL_select_next_proto(&out, size, kSpoken.data(), kSpoken.size(), offered, offered_size);
    *chosen = out;
    return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

void set_manners(SSL_CTX* context) {
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                     SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
    // Forward secrecy and authenticated encryption alone, in 1.2 as in 1.3.
    SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20");
    // An idle member keeps no buffers; a write that waits may be given again from elsewhere.
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_session_id_context(context, reinterpret_cast<const unsigned char*>("syncwatch"), 9);
    SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
}

}  // namespace

Result<TlsContext::Context> TlsContext::make(const Files& files) {
    ERR_clear_error();
    const Context context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
    set_manners(context.get());
    if (SSL_CTX_use_certificate_chain_file(context.get(), files.certificate.c_str()) != 1) {
        return cannot_use("the certificate", files.certificate);
    }
    if (SSL_CTX_use_PrivateKey_file(context.get(), files.key.c_str(), SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_check_private_key(context.get()) != 1) {
        return cannot_use("the private key", files.key);
    }
    return context;
}

Result<std::unique_ptr<TlsContext>> TlsContext::load(Files files) {
    SW_TRY(Context context, make(files));
    return std::unique_ptr<TlsContext>(new TlsContext(std::move(files), std::move(context)));
}

TlsContext::TlsContext(Files files, Context context)
    : files_(std::move(files)), context_(std::move(context)) {}

Result<> TlsContext::reload() {
    SW_TRY(Context context, make(files_));
    const std::lock_guard lock(mutex_);
    context_ = std::move(context);
    return {};
}

TlsContext::Context TlsContext::current() {
    const std::lock_guard lock(mutex_);
    return context_;
}

WallTime TlsContext::expires_at() {
    const Context context = current();
    std::tm end{};
    const X509* certificate = SSL_CTX_get0_certificate(context.get());
    if (certificate == nullptr) return {};
    if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end) != 1) return {};
    return from_micros(std::int64_t{::timegm(&end)} * 1'000'000);
}

std::unique_ptr<Stream> TlsContext::accept(int fd) {
    const Context context = current();
    SSL* ssl = SSL_new(context.get());
    SSL_set_fd(ssl, fd);
    SSL_set_accept_state(ssl);
    return make_tls_stream(ssl, fd);
}

}  // namespace syncwatch
