#pragma once
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <boost/asio/thread_pool.hpp>

#include "base/async/async.h"

namespace syncwatch::notify {

/// What is asked of a web server.
struct WebCall {
    std::string url;                   ///< http: or https:.
    std::vector<std::string> headers;  ///< "Name: value", without the end of a line.
    std::string body;                  ///< Empty: it is a GET, else a POST.
    std::string ca_file;               ///< PEM; empty: whom the system trusts.
};

struct WebAnswer {
    int status = 0;
    std::string body;                     ///< No more than its beginning.
    std::chrono::seconds retry_after{0};  ///< As the server says; zero: it does not.
};

/// What is handed to a mail server.
struct MailCall {
    std::string url;  ///< smtp: or smtps:.
    std::string from;
    std::vector<std::string> to;
    std::string user;  ///< Empty: it wants none.
    std::string password;
    bool encrypted = true;  ///< With smtp: STARTTLS, or nothing is said.
    std::string letter;     ///< Header and body, lines that end in CRLF.
    std::string ca_file;
};

/// Calls by libcurl, each within some seconds, however the other side behaves: it may hang,
/// trickle, or never end. No redirect is followed, no proxy of the environment is asked, and
/// nothing but the protocol of the call is spoken. Safe from any thread.
///
/// Errors of all calls: Unavailable (no answer), Timeout, Forbidden (its certificate is not
/// trusted, an address that is none, a mail server that refuses), Cancelled (stop()).
class Caller {
public:
    struct Options {
        std::size_t threads = 1;  ///< Calls at the same time; one that hangs holds one of them.
        std::chrono::milliseconds connect_deadline{5'000};
        std::chrono::milliseconds deadline{10'000};       ///< Of a web server, for all of it.
        std::chrono::milliseconds mail_deadline{30'000};  ///< Mail servers let strangers wait.
        std::chrono::seconds mail_reply_deadline{10};     ///< For each thing that it says.
    };
    explicit Caller(Options options);
    Caller(const Caller&) = delete;
    Caller& operator=(const Caller&) = delete;
    /// Waits for what is under way, which ends as Cancelled.
    ~Caller();

    /// Whatever it answers is an answer. Not interrupted by cancellation.
    Async<WebAnswer> call(WebCall call);
    Async<> send(MailCall call);
    /// Ends what is under way within about a second, and whatever comes later.
    void stop() { stopped_ = true; }

private:
    const Options options_;
    std::atomic<bool> stopped_ = false;
    net::thread_pool pool_;
};

}  // namespace syncwatch::notify
