#include "adapters/notify/curl_call.h"

#include <algorithm>
#include <memory>
#include <string_view>

#include <curl/curl.h>

#include "base/assert.h"

namespace syncwatch::notify {
namespace {

/// What is kept of an answer: enough to say what is wrong.
constexpr std::size_t kKept = 2048;
/// Whoever answers with more is cut off.
constexpr std::size_t kMostHeard = std::size_t{64} * 1024;

/// One handle of libcurl with what it needs while it is at work.
class CurlCall {
public:
    CurlCall(std::chrono::milliseconds connect_deadline, std::chrono::milliseconds deadline,
             const std::atomic<bool>& stopped)
        : stopped_(stopped) {
        SW_ASSERT(easy_);
        set(CURLOPT_ERRORBUFFER, words_);
        set(CURLOPT_NOSIGNAL, 1L);
        set(CURLOPT_PROXY, "");
        set(CURLOPT_FOLLOWLOCATION, 0L);
        set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
        set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(connect_deadline.count()));
        set(CURLOPT_TIMEOUT_MS, static_cast<long>(deadline.count()));
        set(CURLOPT_NOPROGRESS, 0L);
        set(CURLOPT_XFERINFOFUNCTION, &CurlCall::on_progress);
        set(CURLOPT_XFERINFODATA, this);
        set(CURLOPT_HEADERFUNCTION, &CurlCall::on_header);
        set(CURLOPT_HEADERDATA, this);
        set(CURLOPT_WRITEFUNCTION, &CurlCall::on_body);
        set(CURLOPT_WRITEDATA, this);
    }

    template <class Value>
    void set(CURLoption option, Value value) {
        curl_easy_setopt(easy_.get(), option, value);
    }
    void trust(const std::string& ca_file) {
        if (ca_file.empty()) return;
        set(CURLOPT_CAINFO, ca_file.c_str());
        set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));
    }
    void upload(std::string_view bytes) {
        left_ = bytes;
        set(CURLOPT_UPLOAD, 1L);
        set(CURLOPT_READFUNCTION, &CurlCall::on_send);
        set(CURLOPT_READDATA, this);
        set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(bytes.size()));
    }

    Result<> run() {
        const CURLcode code = stopped_ ? CURLE_ABORTED_BY_CALLBACK : curl_easy_perform(easy_.get());
        if (code == CURLE_OK) return {};
        if (stopped_) return fail(ErrorCode::Cancelled, "we are ending");
        // It answered, and would not stop: what it answered counts.
        if (heard_ > kMostHeard && !body_.empty()) return {};
        return fail(code_of(code), heard_ > kMostHeard ? "its answer never ends" : words_of(code));
    }

    int status() const {
        long status = 0;
        curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
        return static_cast<int>(status);
    }
    std::chrono::seconds retry_after() const {
        curl_off_t seconds = 0;
        curl_easy_getinfo(easy_.get(), CURLINFO_RETRY_AFTER, &seconds);
        return std::chrono::seconds(std::max<curl_off_t>(seconds, 0));
    }
    std::string take_body() { return std::move(body_); }

private:
    static ErrorCode code_of(CURLcode code) {
        switch (code) {
            case CURLE_OPERATION_TIMEDOUT: return ErrorCode::Timeout;
            case CURLE_PEER_FAILED_VERIFICATION:
            case CURLE_SSL_CACERT_BADFILE:
            case CURLE_SSL_ISSUER_ERROR:
            case CURLE_USE_SSL_FAILED:
            case CURLE_LOGIN_DENIED:
            case CURLE_URL_MALFORMAT:
            case CURLE_UNSUPPORTED_PROTOCOL: return ErrorCode::Forbidden;
            default: return ErrorCode::Unavailable;
        }
    }
    std::string words_of(CURLcode code) const {
        return words_[0] != '\0' ? words_ : curl_easy_strerror(code);
    }

    static int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
        return static_cast<CurlCall*>(self)->stopped_ ? 1 : 0;
    }
    bool hear(std::size_t bytes) {
        heard_ += bytes;
        return heard_ <= kMostHeard;
    }
    static std::size_t on_header(char*, std::size_t, std::size_t size, void* self) {
        return static_cast<CurlCall*>(self)->hear(size) ? size : 0;
    }
    static std::size_t on_body(char* bytes, std::size_t, std::size_t size, void* self) {
        auto& call = *static_cast<CurlCall*>(self);
        call.body_.append(bytes, std::min(size, kKept - std::min(kKept, call.body_.size())));
        return call.hear(size) ? size : 0;
    }
    static std::size_t on_send(char* to, std::size_t one, std::size_t count, void* self) {
        auto& call = *static_cast<CurlCall*>(self);
        const std::size_t size = std::min(one * count, call.left_.size());
        std::copy_n(call.left_.data(), size, to);
        call.left_.remove_prefix(size);
        return size;
    }

    const std::atomic<bool>& stopped_;
    std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> easy_{curl_easy_init(), &curl_easy_cleanup};
    char words_[CURL_ERROR_SIZE] = {};
    std::string body_;
    std::string_view left_;  ///< To send.
    std::size_t heard_ = 0;
};

/// Lines for libcurl, which copies them.
class LineList {
public:
    void add(const std::string& line) {
        curl_slist* const longer = curl_slist_append(list_.get(), line.c_str());
        SW_ASSERT(longer != nullptr);
        (void)list_.release();
        list_.reset(longer);
    }
    curl_slist* get() const { return list_.get(); }

private:
    std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> list_{nullptr,
                                                                      &curl_slist_free_all};
};

}  // namespace

void begin_curl() {
    static const CURLcode began = curl_global_init(CURL_GLOBAL_DEFAULT);
    SW_ASSERT(began == CURLE_OK);
}

Result<WebAnswer> perform(const WebCall& call, const Caller::Options& options,
                          const std::atomic<bool>& stopped) {
    LineList headers;
    CurlCall curl(options.connect_deadline, options.deadline, stopped);
    // An empty "Expect:" takes away curl's own, which costs a wait of up to a second.
    headers.add("Expect:");
    for (const std::string& each : call.headers) headers.add(each);
    curl.set(CURLOPT_PROTOCOLS_STR, "http,https");
    curl.set(CURLOPT_URL, call.url.c_str());
    curl.set(CURLOPT_HTTPHEADER, headers.get());
    if (!call.body.empty()) {
        curl.set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(call.body.size()));
        curl.set(CURLOPT_POSTFIELDS, call.body.c_str());
    }
    curl.trust(call.ca_file);
    SW_CHECK(curl.run());
    return WebAnswer{curl.status(), curl.take_body(), curl.retry_after()};
}

Result<> perform(const MailCall& call, const Caller::Options& options,
                 const std::atomic<bool>& stopped) {
    LineList recipients;
    CurlCall curl(options.connect_deadline, options.mail_deadline, stopped);
    for (const std::string& each : call.to) recipients.add("<" + each + ">");
    curl.set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl.set(CURLOPT_URL, call.url.c_str());
    curl.set(CURLOPT_USE_SSL, static_cast<long>(call.encrypted ? CURLUSESSL_ALL : CURLUSESSL_NONE));
    curl.set(CURLOPT_MAIL_FROM, ("<" + call.from + ">").c_str());
    curl.set(CURLOPT_MAIL_RCPT, recipients.get());
    if (!call.user.empty()) {
        curl.set(CURLOPT_USERNAME, call.user.c_str());
        curl.set(CURLOPT_PASSWORD, call.password.c_str());
    }
    // Also for its goodbye, which the other deadline is not for.
    curl.set(CURLOPT_SERVER_RESPONSE_TIMEOUT,
             static_cast<long>(options.mail_reply_deadline.count()));
    curl.upload(call.letter);
    curl.trust(call.ca_file);
    return curl.run();
}

}  // namespace syncwatch::notify
