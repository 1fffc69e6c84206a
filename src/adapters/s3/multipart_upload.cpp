#include "adapters/s3/multipart_upload.h"

#include <charconv>

#include <fmt/format.h>

#include "adapters/s3/xml.h"

namespace syncwatch::s3 {
namespace {

template <class Number>
Number number_of(std::string_view text) {
    Number number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

tl::unexpected<Error> odd_answer(std::string what) {
    return fail_unavailable("objects", std::move(what), std::chrono::seconds(60));
}

}  // namespace

Async<MultipartUpload> MultipartUpload::create(Exchange& exchange, std::string name,
                                               const Sha256Sum* sum) {
    S3Request request{"POST", exchange.location().prefix + name};
    request.query.emplace_back("uploads", "");
    if (sum != nullptr) request.headers.emplace_back(kSumHeader, encode_hex(*sum));
    SW_CO_TRY(const HttpAnswer answer, co_await exchange.ask(std::move(request)));
    const auto xml = parse_xml(answer.body);
    if (!xml || xml->text_of("UploadId").empty()) co_return odd_answer("an upload without an id");
    std::string id(xml->text_of("UploadId"));
    co_return MultipartUpload(exchange, exchange.location().prefix + name, std::move(id));
}

Async<MultipartUpload::Part> MultipartUpload::send(int number, HttpBody body, Sha256Sum sum) const {
    Part part{number, {}, body.size};
    S3Request request{"PUT", name_};
    request.query = {{"partNumber", std::to_string(number)}, {"uploadId", id_}};
    request.body = std::move(body);
    request.payload = encode_hex(sum);
    SW_CO_TRY(const HttpAnswer answer, co_await exchange_->ask(std::move(request)));
    part.etag = answer.header("etag");
    if (part.etag.empty()) co_return odd_answer("a part without a tag");
    co_return part;
}

Async<std::vector<MultipartUpload::Part>> MultipartUpload::parts() const {
    std::vector<Part> found;
    std::string marker;
    for (bool more = true; more;) {
        S3Request request{"GET", name_};
        request.query.emplace_back("uploadId", id_);
        if (!marker.empty()) request.query.emplace_back("part-number-marker", marker);
        SW_CO_TRY(const HttpAnswer answer, co_await exchange_->ask(std::move(request)));
        const auto xml = parse_xml(answer.body);
        if (!xml || xml->name != "ListPartsResult") co_return odd_answer("no list of parts");
        for (const XmlElement& each : xml->children) {
            if (each.name != "Part") continue;
            found.push_back({number_of<int>(each.text_of("PartNumber")),
                             std::string(each.text_of("ETag")),
                             number_of<std::uint64_t>(each.text_of("Size"))});
        }
        const std::string next(xml->text_of("NextPartNumberMarker"));
        more = xml->text_of("IsTruncated") == "true" && next != marker;
        marker = next;
    }
    co_return found;
}

Async<> MultipartUpload::complete(std::vector<Part> parts) const {
    std::string xml = "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">";
    for (const Part& part : parts) {
        xml += fmt::format("<Part><PartNumber>{}</PartNumber><ETag>{}</ETag></Part>", part.number,
                           xml_escaped(part.etag));
    }
    xml += "</CompleteMultipartUpload>";
    S3Request request{"POST", name_};
    request.query.emplace_back("uploadId", id_);
    request.payload = encode_hex(sha256(as_bytes(xml)));
    request.body.size = xml.size();
    request.body.text = std::make_shared<const std::string>(std::move(xml));
    SW_CO_TRY(const HttpAnswer answer, co_await exchange_->ask(std::move(request)));
    // It may take long, so that its status is sent before anybody knows how it ends.
    const auto said = parse_xml(answer.body);
    if (said && said->name != "Error") co_return Result<>();
    co_return odd_answer(said ? "complete: " + std::string(said->text_of("Code"))
                              : "complete: " + said.error().message);
}

Async<> MultipartUpload::abort() const {
    S3Request request{"DELETE", name_};
    request.query.emplace_back("uploadId", id_);
    const auto answer = co_await exchange_->ask(std::move(request));
    if (!answer && answer.error().code != ErrorCode::NotFound) co_return fail(answer.error());
    co_return Result<>();
}

}  // namespace syncwatch::s3
