#include "adapters/s3/s3_client.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>

#include <fmt/format.h>
#include <openssl/evp.h>

#include "adapters/s3/sigv4.h"
#include "adapters/s3/xml.h"
#include "base/log/log.h"

namespace syncwatch::s3 {
namespace {

constexpr std::size_t kMostAtOnce = 1000;  ///< Keys in one DeleteObjects.
/// Of one film or one upload; a listing that goes on is none of ours.
constexpr std::size_t kMostNames = 1'000'000;

/// DeleteObjects wants it (RFC 1864): against damage on the way, not against people.
std::string content_md5(std::string_view text) {
    std::array<std::uint8_t, 16> sum{};
    unsigned size = 0;
    EVP_Digest(text.data(), text.size(), sum.data(), &size, EVP_md5(), nullptr);
    return encode_base64(sum);
}

HttpBody text_body(std::string text) {
    HttpBody body;
    body.size = text.size();
    body.text = std::make_shared<const std::string>(std::move(text));
    return body;
}

ObjectFacts facts_of(const HttpAnswer& answer) {
    ObjectFacts facts;
    const std::string_view size = answer.header("content-length");
    std::from_chars(size.data(), size.data() + size.size(), facts.size);
    const auto sum = decode_hex(answer.header(kSumHeader));
    if (sum && sum->size() == std::tuple_size_v<Sha256Sum>) {
        std::ranges::copy(*sum, facts.sha256.emplace().begin());
    }
    return facts;
}

/// Names come percent-encoded (encoding-type=url), a space as "+".
Result<std::string> percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i] == '+' ? ' ' : text[i];
            continue;
        }
        if (text.size() - i < 3) return fail(ErrorCode::Corrupt, "a name is cut off");
        const auto byte = decode_hex(text.substr(i + 1, 2));
        if (!byte) return fail(ErrorCode::Corrupt, "a name is badly encoded");
        out += static_cast<char>(byte->front());
        i += 2;
    }
    return out;
}

S3Request putting(std::string full_name, HttpBody body, Sha256Sum sum) {
    S3Request request{"PUT", std::move(full_name)};
    request.body = std::move(body);
    request.payload = encode_hex(sum);
    request.headers.emplace_back(kSumHeader, request.payload);
    return request;
}

Error not_understood(Error error) {
    return fail_unavailable("objects", std::move(error.message), std::chrono::seconds(60)).value();
}

}  // namespace

std::string S3Client::full(std::string_view name) const {
    return exchange_.location().prefix + std::string(name);
}

Result<std::string> S3Client::short_name(std::string_view encoded) const {
    SW_TRY(std::string name, percent_decoded(encoded));
    const std::string& prefix = exchange_.location().prefix;
    if (!name.starts_with(prefix)) return fail(ErrorCode::Corrupt, "a listing with other names");
    return name.substr(prefix.size());
}

Async<> S3Client::check_bucket() {
    // A HEAD would be refused without saying why.
    std::string everything;
    std::string from_the_start;
    const auto page = co_await list_page(std::move(everything), std::move(from_the_start), 1);
    if (page) co_return Result<>();
    Error error = page.error();
    if (error.code == ErrorCode::NotFound) error = not_understood(std::move(error));
    co_return fail(std::move(error).within("bucket " + exchange_.location().bucket));
}

Async<> S3Client::create_bucket() {
    S3Request request{"PUT"};
    const std::string& region = exchange_.location().region;
    if (region != "us-east-1") {
        // That region alone wants not to be named. Source: CreateBucket, LocationConstraint.
        request.body =
            text_body("<CreateBucketConfiguration><LocationConstraint>" + xml_escaped(region) +
                      "</LocationConstraint></CreateBucketConfiguration>");
        request.payload = encode_hex(sha256(as_bytes(*request.body.text)));
    }
    SW_CO_CHECK(co_await exchange_.ask(std::move(request)));
    co_return Result<>();
}

Async<> S3Client::put(std::string name, HttpBody body, Sha256Sum sum) {
    S3Request request = putting(full(name), std::move(body), sum);
    SW_CO_CHECK(co_await exchange_.ask(std::move(request)));
    co_return Result<>();
}

Async<> S3Client::create(std::string name, HttpBody body, Sha256Sum sum) {
    S3Request request = putting(full(name), body, sum);
    request.headers.emplace_back(kIfNothingIsThere);
    const auto answer = co_await exchange_.ask(std::move(request));
    if (answer) co_return Result<>();
    if (answer.error().code != ErrorCode::InvalidInput) co_return fail(answer.error());
    co_return co_await put(std::move(name), std::move(body), sum);
}

Async<ObjectFacts> S3Client::get(std::string name, std::shared_ptr<Download> download) {
    constexpr int kTries = 2;
    for (int tries = 1;; ++tries) {
        S3Request request{"GET", full(name)};
        request.download = download;
        SW_CO_TRY(const HttpAnswer answer, co_await exchange_.ask(std::move(request)));
        ObjectFacts facts = facts_of(answer);
        facts.size = download->size();
        const Sha256Sum sum = download->finish();
        if (!facts.sha256 || *facts.sha256 == sum) {
            facts.sha256 = sum;
            co_return facts;
        }
        log::warning("objects.wrong_checksum", {{"name", name}, {"try", tries}});
        if (tries == kTries || !download->restart()) {
            co_return fail(ErrorCode::Corrupt, name + " is not what was put there");
        }
    }
}

Async<std::string> S3Client::get_part(std::string name, std::uint64_t offset, std::uint64_t count) {
    S3Request request{"GET", full(name)};
    request.headers.emplace_back("range", fmt::format("bytes={}-{}", offset, offset + count - 1));
    auto answer = co_await exchange_.ask(std::move(request));
    if (!answer && answer.error().code == ErrorCode::Conflict) {
        co_return fail(ErrorCode::NotFound, name + " is shorter");
    }
    if (!answer) co_return fail(std::move(answer).error());
    if (answer->status != 206)
        co_return fail(ErrorCode::Corrupt, "all of it where a part was asked");
    co_return std::move(answer->body);
}

Async<ObjectFacts> S3Client::head(std::string name) {
    S3Request request{"HEAD", full(name)};
    SW_CO_TRY(const HttpAnswer answer, co_await exchange_.ask(std::move(request)));
    co_return facts_of(answer);
}

Async<std::vector<S3Client::Version>> S3Client::versions(std::string name) {
    S3Request request{"GET"};
    const std::string whole = full(name);
    request.query = {{"versions", ""}, {"encoding-type", "url"}, {"prefix", whole}};
    request.may_be_denied = true;
    std::vector<Version> versions;
    const auto answer = co_await exchange_.ask(std::move(request));
    if (!answer) {
        const ErrorCode code = answer.error().code;
        const bool has_none = code == ErrorCode::Forbidden || code == ErrorCode::InvalidInput ||
                              code == ErrorCode::NotFound;
        if (has_none) co_return versions;
        co_return fail(answer.error());
    }
    const auto xml = parse_xml(answer->body).map_error(not_understood);
    if (!xml) co_return fail(xml.error());
    for (const XmlElement& each : xml->children) {
        if (each.name != "Version") continue;
        const auto key = percent_decoded(each.text_of("Key"));
        // Names that only begin like it come behind it.
        if (!key || *key != whole) continue;
        const std::string_view size = each.text_of("Size");
        Version& version = versions.emplace_back();
        version.id = each.text_of("VersionId");
        std::from_chars(size.data(), size.data() + size.size(), version.size);
    }
    co_return versions;
}

Async<ObjectFacts> S3Client::head_version(std::string name, std::string version) {
    S3Request request{"HEAD", full(name)};
    request.query.emplace_back("versionId", std::move(version));
    SW_CO_TRY(const HttpAnswer answer, co_await exchange_.ask(std::move(request)));
    co_return facts_of(answer);
}

Async<> S3Client::bring_back(std::string name, std::string version) {
    S3Request request{"PUT", full(name)};
    request.headers.emplace_back("x-amz-copy-source",
                                 fmt::format("/{}/{}?versionId={}", exchange_.location().bucket,
                                             percent_encode(request.name, Slashes::Keep),
                                             percent_encode(version, Slashes::Encode)));
    request.answers_late = true;
    SW_CO_TRY(const HttpAnswer answer, co_await exchange_.ask(std::move(request)));
    // What fails after the answer has begun is said in it.
    const auto xml = parse_xml(answer.body).map_error(not_understood);
    if (!xml) co_return fail(xml.error());
    if (xml->name == "CopyObjectResult") co_return Result<>();
    co_return fail_unavailable("objects",
                               fmt::format("bring {} back: {}", name, xml->text_of("Code")),
                               std::chrono::seconds(5));
}

Async<> S3Client::remove(std::string name) {
    S3Request request{"DELETE", full(name)};
    const auto answer = co_await exchange_.ask(std::move(request));
    if (!answer && answer.error().code != ErrorCode::NotFound) co_return fail(answer.error());
    co_return Result<>();
}

Async<> S3Client::remove_if_allowed(std::string name) {
    S3Request request{"DELETE", full(name)};
    request.may_be_denied = true;
    const auto answer = co_await exchange_.ask(std::move(request));
    if (!answer && answer.error().code != ErrorCode::NotFound) co_return fail(answer.error());
    co_return Result<>();
}

Async<> S3Client::remove_many(std::vector<std::string> names) {
    for (std::size_t from = 0; from < names.size(); from += kMostAtOnce) {
        const auto begin = names.begin() + static_cast<std::ptrdiff_t>(from);
        const auto count = std::min(kMostAtOnce, names.size() - from);
        std::vector<std::string> some(begin, begin + static_cast<std::ptrdiff_t>(count));
        SW_CO_CHECK(co_await remove_some(std::move(some)));
    }
    co_return Result<>();
}

Async<> S3Client::remove_some(std::vector<std::string> names) {
    std::string xml =
        "<Delete xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Quiet>true</Quiet>";
    for (const std::string& name : names) {
        xml += "<Object><Key>" + xml_escaped(full(name)) + "</Key></Object>";
    }
    xml += "</Delete>";
    S3Request request{"POST"};
    request.query.emplace_back("delete", "");
    request.may_be_denied = true;
    request.headers.emplace_back("content-md5", content_md5(xml));
    request.payload = encode_hex(sha256(as_bytes(xml)));
    request.body = text_body(std::move(xml));
    SW_CO_TRY(const HttpAnswer answer, co_await exchange_.ask(std::move(request)));
    const auto read = parse_xml(answer.body).map_error(not_understood);
    if (!read) co_return fail(read.error());
    // Each object has its own outcome, and only those that stayed are named.
    const XmlElement* const stayed = read->child("Error");
    if (stayed == nullptr) co_return Result<>();
    if (stayed->text_of("Code") == "AccessDenied") {
        co_return fail(ErrorCode::Forbidden,
                       fmt::format("delete {}: denied", stayed->text_of("Key")));
    }
    co_return fail_unavailable(
        "objects", fmt::format("delete {}: {}", stayed->text_of("Key"), stayed->text_of("Code")),
        std::chrono::seconds(5));
}

Result<S3Client::Page> S3Client::read_page(const std::string& body) const {
    SW_TRY(const XmlElement xml, parse_xml(body));
    if (xml.name != "ListBucketResult") return fail(ErrorCode::Corrupt, "this is no listing");
    Page page;
    for (const XmlElement& each : xml.children) {
        const bool folder = each.name == "CommonPrefixes";
        if (!folder && each.name != "Contents") continue;
        SW_TRY(std::string name, short_name(each.text_of(folder ? "Prefix" : "Key")));
        const std::string_view size = each.text_of("Size");
        Listed& listed = page.all.emplace_back(Listed{std::move(name)});
        std::from_chars(size.data(), size.data() + size.size(), listed.size);
        if (const auto at = parse_rfc3339(each.text_of("LastModified"))) listed.stored_at = *at;
    }
    if (xml.text_of("IsTruncated") != "true") return page;
    page.next = xml.text_of("NextContinuationToken");
    if (page.next.empty()) return fail(ErrorCode::Corrupt, "a listing that nobody can continue");
    return page;
}

Async<S3Client::Page> S3Client::list_page(std::string prefix, std::string from, int most,
                                          Depth depth) {
    S3Request request{"GET"};
    request.query = {{"list-type", "2"},
                     {"encoding-type", "url"},
                     {"max-keys", std::to_string(most)},
                     {"prefix", full(prefix)}};
    if (!from.empty()) request.query.emplace_back("continuation-token", std::move(from));
    if (depth == Depth::Folders) request.query.emplace_back("delimiter", "/");
    SW_CO_TRY(const HttpAnswer answer, co_await exchange_.ask(std::move(request)));
    co_return read_page(answer.body).map_error(not_understood);
}

Async<std::vector<S3Client::Listed>> S3Client::list_sizes(std::string prefix, int page,
                                                          Depth depth) {
    std::vector<Listed> all;
    std::string from;
    for (bool more = true; more;) {
        SW_CO_TRY(Page got, co_await list_page(prefix, from, page, depth));
        std::ranges::move(got.all, std::back_inserter(all));
        const bool endless = !got.next.empty() && got.next == from;
        if (endless || all.size() > kMostNames) {
            co_return fail_unavailable("objects", "a listing without an end",
                                       std::chrono::seconds(60));
        }
        from = std::move(got.next);
        more = !from.empty();
    }
    std::ranges::sort(all, {}, &Listed::name);
    co_return all;
}

Async<std::vector<std::string>> S3Client::list(std::string prefix, int page, Depth depth) {
    SW_CO_TRY(std::vector<Listed> all, co_await list_sizes(std::move(prefix), page, depth));
    std::vector<std::string> names;
    names.reserve(all.size());
    for (Listed& each : all) names.push_back(std::move(each.name));
    co_return names;
}

}  // namespace syncwatch::s3
