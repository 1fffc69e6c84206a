#include "adapters/s3/multipart_upload.h"

#include <chrono>
#include <memory>

#include <fmt/format.h>

#include "adapters/s3/xml.h"

namespace syncwatch::s3 {
namespace {

tl::unexpected<Error> odd_answer(std::string what) {
    return fail_unavailable("objects", std::move(what), std::chrono::seconds(60));
}

}  // namespace

Async<MultipartUpload> MultipartUpload::create(Exchange& exchange, std::string name,
                                               Sha256Sum sum) {
    S3Request request{"POST", exchange.location().prefix + name};
    request.query.emplace_back("uploads", "");
    request.headers.emplace_back(kSumHeader, encode_hex(sum));
    SW_CO_TRY(const HttpAnswer answer, co_await exchange.ask(std::move(request)));
    const auto xml = parse_xml(answer.body);
    if (!xml || xml->text_of("UploadId").empty()) co_return odd_answer("an upload without an id");
    std::string id(xml->text_of("UploadId"));
    co_return MultipartUpload(exchange, exchange.location().prefix + name, std::move(id));
}

Async<MultipartUpload::Part> MultipartUpload::send(int number, HttpBody body, Sha256Sum sum) const {
    Part part{number, {}};
    S3Request request{"PUT", name_};
    request.query = {{"partNumber", std::to_string(number)}, {"uploadId", id_}};
    request.body = std::move(body);
    request.payload = encode_hex(sum);
    SW_CO_TRY(const HttpAnswer answer, co_await exchange_->ask(std::move(request)));
    part.etag = answer.header("etag");
    if (part.etag.empty()) co_return odd_answer("a part without a tag");
    co_return part;
}

Async<> MultipartUpload::complete(std::vector<Part> parts, bool only_new) const {
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
    request.answers_late = true;
    if (only_new) request.headers.emplace_back(kIfNothingIsThere);
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
