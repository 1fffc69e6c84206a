#include "adapters/s3/transfer.h"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdio>
#include <system_error>

#include <fmt/format.h>
#include <unistd.h>

namespace syncwatch::s3 {
namespace {

/// The longest answers that are not downloads are pages of a thousand keys.
constexpr std::size_t kLongestAnswer = 8 * 1024 * 1024;
constexpr std::size_t kMostHeaders = 100;
constexpr long kBuffer = 256 * 1024;
constexpr long kCrawling = 4096;  ///< Bytes per second that count as nothing.

std::string lowered(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
}

std::string system_words(int code) {
    return std::system_category().message(code);
}

bool is_about_trust(CURLcode code) {
    return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE ||
           code == CURLE_SSL_ISSUER_ERROR || code == CURLE_SSL_CERTPROBLEM ||
           code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL;
}

}  // namespace

CURL* Transfer::prepare(const HttpClient::Options& options) {
    easy_.reset(curl_easy_init());
    if (!easy_) return nullptr;
    CURL* const easy = easy_.get();
    curl_easy_setopt(easy, CURLOPT_PRIVATE, this);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, words_);
    curl_easy_setopt(easy, CURLOPT_URL, request_.url.c_str());
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    // An empty "Expect:" takes away curl's own, which costs a wait of up to a second.
    headers_.reset(curl_slist_append(nullptr, "Expect:"));
    for (const auto& [name, value] : request_.headers) {
        if (name == "host") continue;  // curl says it itself, in the same words
        curl_slist_append(headers_.get(), fmt::format("{}: {}", name, value).c_str());
    }
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers_.get());
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &Transfer::on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, this);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &Transfer::on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
    prepare_method();
    prepare_connection(options);
    return easy;
}

void Transfer::prepare_method() {
    CURL* const easy = easy_.get();
    if (request_.method == "GET") return;
    if (request_.method == "HEAD") {
        curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
        return;
    }
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request_.method.c_str());
    if (request_.method == "DELETE") return;
    curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(request_.body.size));
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, &Transfer::on_send);
    curl_easy_setopt(easy, CURLOPT_READDATA, this);
    curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, &Transfer::on_rewind);
    curl_easy_setopt(easy, CURLOPT_SEEKDATA, this);
    curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, kBuffer);
}

void Transfer::prepare_connection(const HttpClient::Options& options) {
    CURL* const easy = easy_.get();
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, kBuffer);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!options.ca_file.empty()) {
        curl_easy_setopt(easy, CURLOPT_CAINFO, options.ca_file.c_str());
        curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
    }
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                     static_cast<long>(options.connect_patience.count()));
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(request_.patience.count()));
    if (request_.answers_late) return;
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, kCrawling);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME,
                     static_cast<long>(options.stall_patience.count()));
}

std::size_t Transfer::on_header(char* text, std::size_t, std::size_t size, void* self) {
    auto& transfer = *static_cast<Transfer*>(self);
    std::string_view line(text, size);
    while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
    const std::size_t colon = line.find(':');
    if (line.starts_with("HTTP/")) transfer.answer_.headers.clear();
    if (colon == std::string_view::npos) return size;
    std::string_view value = line.substr(colon + 1);
    while (value.starts_with(' ')) value.remove_prefix(1);
    if (transfer.answer_.headers.size() < kMostHeaders) {
        transfer.answer_.headers[lowered(line.substr(0, colon))] = value;
    }
    return size;
}

std::size_t Transfer::on_body(char* bytes, std::size_t, std::size_t size, void* self) {
    return static_cast<Transfer*>(self)->take_body({bytes, size}) ? size : 0;
}

bool Transfer::take_body(std::string_view bytes) {
    if (!body_began_ && !begin_download()) return false;
    const bool wanted = answer_.status == 200 || answer_.status == 206;
    if (request_.download && wanted) {
        if (request_.download->write(bytes)) return true;
        file_trouble_ = system_words(request_.download->error());
        return false;
    }
    if (answer_.body.size() + bytes.size() > kLongestAnswer) return false;
    answer_.body += bytes;
    return true;
}

/// A part follows what is already there; anything else starts from nothing.
bool Transfer::begin_download() {
    body_began_ = true;
    long status = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
    answer_.status = static_cast<int>(status);
    if (!request_.download) return true;
    Download& download = *request_.download;
    const std::string part = fmt::format("bytes {}-", download.size());
    if (status == 206 && answer_.header("content-range").starts_with(part)) return true;
    if (status == 206) {
        std::snprintf(words_, sizeof(words_), "%s", "a part that nobody asked for");
        return false;
    }
    if (status == 200 && download.size() > 0 && !download.restart()) {
        file_trouble_ = system_words(download.error());
        return false;
    }
    return true;
}

std::size_t Transfer::on_send(char* to, std::size_t one, std::size_t count, void* self) {
    auto& transfer = *static_cast<Transfer*>(self);
    const HttpBody& body = transfer.request_.body;
    const auto size =
        static_cast<std::size_t>(std::min<std::uint64_t>(one * count, body.size - transfer.sent_));
    if (size == 0) return 0;
    if (body.text) {
        std::copy_n(body.text->data() + transfer.sent_, size, to);
        transfer.sent_ += size;
        return size;
    }
    const auto offset = static_cast<::off_t>(body.offset + transfer.sent_);
    const auto got = ::pread(body.file->get(), to, size, offset);
    if (got <= 0) {
        transfer.file_trouble_ =
            got < 0 ? system_words(errno) : std::string("the file became shorter");
        return CURL_READFUNC_ABORT;
    }
    transfer.sent_ += static_cast<std::uint64_t>(got);
    return static_cast<std::size_t>(got);
}

/// A connection that was used before may turn out dead; curl then sends all again on a new one.
int Transfer::on_rewind(void* self, curl_off_t offset, int origin) {
    auto& transfer = *static_cast<Transfer*>(self);
    if (origin != SEEK_SET || offset < 0) return CURL_SEEKFUNC_CANTSEEK;
    transfer.sent_ = static_cast<std::uint64_t>(offset);
    return CURL_SEEKFUNC_OK;
}

std::string Transfer::words_of(CURLcode code) const {
    return words_[0] != '\0' ? words_ : curl_easy_strerror(code);
}

void Transfer::finish(CURLcode code) {
    if (code == CURLE_OK && !body_began_ && !begin_download()) code = CURLE_WRITE_ERROR;
    if (!file_trouble_.empty()) {
        return give_up(HttpAnswer::Outcome::FileFailed, file_trouble_);
    }
    if (code == CURLE_OK) {
        answer_.outcome = HttpAnswer::Outcome::Answered;
        return done_(std::move(answer_));
    }
    const bool hopeless = is_about_trust(code);
    give_up(hopeless ? HttpAnswer::Outcome::Refused : HttpAnswer::Outcome::NoAnswer,
            words_of(code));
}

void Transfer::give_up(HttpAnswer::Outcome outcome, std::string why) {
    answer_.outcome = outcome;
    answer_.trouble = std::move(why);
    done_(std::move(answer_));
}

}  // namespace syncwatch::s3
