#pragma once
#include <chrono>
#include <memory>
#include <string>

#include "adapters/s3/credentials.h"
#include "adapters/s3/http_client.h"
#include "adapters/s3/location.h"
#include "adapters/s3/verdict.h"
#include "base/circuit_breaker.h"
#include "ports/clock.h"
#include "ports/random.h"

namespace syncwatch::s3 {

/// SHA-256 of nothing.
extern const std::string kEmptyPayload;

/// One thing to be asked of the store, however many attempts it takes.
struct S3Request {
    std::string method;
    std::string name = {};  ///< Below the bucket, raw; empty: the bucket itself.
    Pairs query = {};
    Pairs headers = {};  ///< Names in lower case; all of them are signed.
    HttpBody body = {};
    std::string payload = kEmptyPayload;  ///< SHA-256 of the body, in hexadecimal.
    std::shared_ptr<Download> download = {};
    bool answers_late = false;  ///< The store may work for minutes before it answers.
    /// That we may not do this is an answer like others, Forbidden, and no trouble of the store's.
    bool may_be_denied = false;
};

/// Signs, asks, and asks again, in the name of the request that it is for, which the store is told
/// as well (traceparent): until there is an answer that counts or the time is up. A download
/// that was cut off goes on where it stopped. Safe from any thread.
class Exchange {
public:
    struct Options {
        Location location;
        CredentialsSource credentials;
        /// For one request with all its attempts; a body has a second more for each 256 KiB, and a
        /// download as long as it moves.
        std::chrono::milliseconds deadline{30'000};
        int attempts = 10;  ///< In a row without a byte of progress.
        /// The reason of errors that are about the credentials. Empty: none, as what people read in
        /// a page has no such word.
        std::string_view keys_refused = {};
        HttpClient::Options http = {};  ///< Its ca_file is the location's.
    };
    /// They outlive this.
    struct Powers {
        Clock& clock;
        Random& random;
        CircuitBreaker& breaker;
    };

    Exchange(Options options, Powers powers);

    /// An answer of 2xx. Errors: NotFound, Unavailable (component "objects"), Cancelled (stop()),
    /// Conflict (a condition of the request), InvalidInput (the store does not know the like),
    /// Internal (the store refuses what we ask).
    Async<HttpAnswer> ask(S3Request request);
    /// "QUERY" that makes an address of `name` good for `lifetime`. Errors: Unavailable.
    Result<std::string> presigned_get(const std::string& name, std::chrono::seconds lifetime);
    /// Ends what is under way.
    void stop() { http_.stop(); }

    const Location& location() const { return options_.location; }
    Clock& clock() const { return powers_.clock; }

private:
    struct Attempt;

    Result<Credentials> credentials() const;
    HttpRequest signed_request(const S3Request& request, const Attempt& attempt) const;
    std::string url_of(const std::string& path, const std::string& query) const;
    /// Whether to ask again, and after what pause: full jitter. Source: AWS Architecture Blog,
    /// "Exponential Backoff And Jitter".
    bool again(const Verdict& verdict, const HttpAnswer& answer, const S3Request& request,
               Attempt& attempt);
    std::chrono::milliseconds random_below(std::chrono::milliseconds most);
    void tell_breaker(const Verdict& verdict);
    void tell_log(const std::string& asked, const HttpAnswer& answer, const Verdict& verdict,
                  const Attempt& attempt) const;

    const Options options_;
    const Powers powers_;
    HttpClient http_;
};

}  // namespace syncwatch::s3
