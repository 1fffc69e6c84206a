#include "harness/certificate.h"

#include <cstdio>
#include <memory>
#include <stdexcept>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace syncwatch::harness {
namespace {

template <auto Function>
struct Free {
    template <class T>
    void operator()(T* thing) const {
        Function(thing);
    }
};
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Cert = std::unique_ptr<X509, Free<X509_free>>;
using File = std::unique_ptr<std::FILE, Free<std::fclose>>;
using Extension = std::unique_ptr<X509_EXTENSION, Free<X509_EXTENSION_free>>;

constexpr long kYear = 365L * 24 * 3600;

void add_extension(X509* cert, int id, const char* value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, cert, cert, nullptr, nullptr, 0);
    const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, id, value));
    X509_add_ext(cert, extension.get(), -1);
}

Cert self_signed(EVP_PKEY* key, const char* name, Validity validity) {
    Cert cert(X509_new());
    X509_set_version(cert.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(cert.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(cert.get()), -3600);
    X509_gmtime_adj(X509_getm_notAfter(cert.get()), validity == Validity::Current ? kYear : -60);
    X509_set_pubkey(cert.get(), key);
    X509_NAME* subject = X509_get_subject_name(cert.get());
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
    X509_set_issuer_name(cert.get(), subject);
    add_extension(cert.get(), NID_basic_constraints, "critical,CA:TRUE");
    add_extension(cert.get(), NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1");
    if (X509_sign(cert.get(), key, EVP_sha256()) == 0) throw std::runtime_error("X509_sign");
    return cert;
}

}  // namespace

Certificate make_certificate(const std::filesystem::path& folder, const char* name,
                             Validity validity) {
    const Key key(EVP_EC_gen("P-256"));
    const Cert cert = self_signed(key.get(), name, validity);
    Certificate made{folder / "certificate.pem", folder / "key.pem"};
    const File to(std::fopen(made.certificate.c_str(), "w"));
    PEM_write_X509(to.get(), cert.get());
    const File key_to(std::fopen(made.key.c_str(), "w"));
    PEM_write_PrivateKey(key_to.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    return made;
}

}  // namespace syncwatch::harness
