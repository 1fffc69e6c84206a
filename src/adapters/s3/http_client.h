#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "adapters/s3/download.h"
#include "adapters/s3/sigv4.h"
#include "base/async/async.h"

namespace syncwatch::s3 {

/// What is sent: text, or a part of a file that is read as it goes out. Both are kept alive by the
/// request, because its caller may go before it ends.
struct HttpBody {
    std::shared_ptr<const std::string> text;
    std::shared_ptr<const UniqueFd> file;
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
};

struct HttpRequest {
    std::string method;
    std::string url;  ///< Encoded; sent as it is.
    Pairs headers;
    HttpBody body;
    /// Takes the body of a 200 or 206. Null: the answer itself does.
    std::shared_ptr<Download> download;
    std::chrono::milliseconds patience{30'000};  ///< For all of it.
    /// The server works for long before it answers: silence is no sign that it is gone.
    bool answers_late = false;
};

struct HttpAnswer {
    enum class Outcome : std::uint8_t {
        Answered,    ///< `status` and the rest are there, whole.
        NoAnswer,    ///< No connection, no answer in time, or one that was cut off.
        Refused,     ///< Trying again cannot help: the certificate is not trusted, a bad CA file.
        FileFailed,  ///< The download's file took no more, or the body's could not be read.
        Stopped,     ///< The client is ending.
        Full,        ///< Too many requests wait already.
    };
    Outcome outcome = Outcome::NoAnswer;
    std::string trouble;  ///< Why there is no answer, for logs.
    int status = 0;
    std::map<std::string, std::string, std::less<>> headers;  ///< Names in lower case.
    std::string body;

    std::string_view header(std::string_view name) const;
};

/// HTTP/1.1 by libcurl, on one thread of its own, with connections that are used again. Follows no
/// redirect and asks no proxy of the environment: what is signed is what is asked.
/// Safe from any thread.
class HttpClient {
public:
    struct Options {
        std::string ca_file;  ///< PEM; empty: whom the system trusts.
        std::chrono::milliseconds connect_patience{5000};
        /// An attempt ends when for so long next to nothing moved (less than 4 KiB/s).
        std::chrono::seconds stall_patience{10};
        long connections = 64;       ///< At the same time; further requests wait.
        std::size_t requests = 512;  ///< Under way or waiting; beyond: Full.
    };

    explicit HttpClient(Options options);
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;
    /// What is under way ends as Stopped.
    ~HttpClient();

    /// One attempt. Not interrupted by cancellation: bound by the request's patience.
    net::awaitable<HttpAnswer> perform(HttpRequest request);
    /// Ends what is under way, now and later, as Stopped.
    void stop();

private:
    class Loop;
    std::unique_ptr<Loop> loop_;
};

}  // namespace syncwatch::s3
