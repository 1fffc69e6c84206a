#pragma once
#include <functional>
#include <memory>
#include <string>

#include <curl/curl.h>

#include "adapters/s3/http_client.h"

namespace syncwatch::s3 {

/// One request on its way through libcurl. On the thread of the HttpClient only.
class Transfer {
public:
    using Done = std::function<void(HttpAnswer)>;

    Transfer(HttpRequest request, Done done)
        : request_(std::move(request)), done_(std::move(done)) {}
    Transfer(const Transfer&) = delete;
    Transfer& operator=(const Transfer&) = delete;

    /// Makes the handle and says to it all that it needs.
    CURL* prepare(const HttpClient::Options& options);
    CURL* handle() const { return easy_.get(); }
    /// Tells the caller, who may then end everything: the last call.
    void finish(CURLcode code);
    void give_up(HttpAnswer::Outcome outcome, std::string why);

private:
    static std::size_t on_header(char* text, std::size_t one, std::size_t size, void* self);
    static std::size_t on_body(char* bytes, std::size_t one, std::size_t size, void* self);
    static std::size_t on_send(char* to, std::size_t one, std::size_t size, void* self);
    static int on_rewind(void* self, curl_off_t offset, int origin);

    void prepare_method();
    void prepare_connection(const HttpClient::Options& options);
    bool take_body(std::string_view bytes);
    bool begin_download();
    std::string words_of(CURLcode code) const;

    HttpRequest request_;
    Done done_;
    HttpAnswer answer_;
    std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> easy_{nullptr, &curl_easy_cleanup};
    std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> headers_{nullptr,
                                                                         &curl_slist_free_all};
    char words_[CURL_ERROR_SIZE] = {};
    std::uint64_t sent_ = 0;
    bool body_began_ = false;
    std::string file_trouble_;
};

}  // namespace syncwatch::s3
