#include "gateway/media/upload_api.h"

#include <optional>
#include <utility>

#include "gateway/api/answers.h"
#include "protocol/tus/tus.h"

namespace syncwatch::http {
namespace {

constexpr const char* kPath = "/api/v1/uploads";
constexpr const char* kOnePath = "/api/v1/uploads/{id}";

constexpr Method kMethods[] = {Method::Get,   Method::Head,   Method::Post,   Method::Put,
                               Method::Patch, Method::Delete, Method::Options};

class BodySource final : public ByteSource {
public:
    explicit BodySource(BodyReader& body) : body_(body) {}
    Async<std::size_t> read_some(std::span<char> buffer) override {
        return body_.read_some(buffer);
    }

private:
    BodyReader& body_;
};

tl::unexpected<Error> bad_request(std::string message) {
    return fail(ErrorCode::InvalidInput, std::move(message), "bad_request");
}

std::optional<Method> method_named(std::string_view word) {
    for (const Method method : kMethods) {
        if (name(method) == word) return method;
    }
    return std::nullopt;
}

bool is_collection(const Request& request) {
    return request.parameters.empty();
}

Result<UploadId> upload_of(const Request& request) {
    const auto id = UploadId::parse(request.parameter("id"));
    if (!id) return fail(ErrorCode::NotFound, "no id of an upload", "no_such_upload");
    return *id;
}

Result<std::optional<std::uint64_t>> optional_number(const Request& request,
                                                     std::string_view field) {
    const auto text = request.fields.find(field);
    if (!text) return std::nullopt;
    SW_TRY(const std::uint64_t value, tus::parse_number(*text));
    return value;
}

Result<std::optional<UploadService::Part::Sum>> sum_of(const Request& request) {
    const auto text = request.fields.find("Upload-Checksum");
    if (!text) return std::nullopt;
    SW_TRY(auto checksum, tus::parse_checksum(*text));
    return UploadService::Part::Sum{checksum.algorithm, std::move(checksum.sum)};
}

/// The length that the film's first request names, or nullopt where it says that it will follow.
Result<std::optional<std::uint64_t>> announced_length(const Request& request) {
    SW_TRY(const auto length, optional_number(request, "Upload-Length"));
    const auto deferred = request.fields.find("Upload-Defer-Length");
    if (deferred && *deferred != "1") return bad_request("Upload-Defer-Length is not 1");
    if (length.has_value() == deferred.has_value()) {
        return bad_request("one of Upload-Length and Upload-Defer-Length is needed");
    }
    return length;
}

Result<UploadService::NewUpload> new_upload_from(const Request& request) {
    UploadService::NewUpload wanted;
    SW_TRY(wanted.length, announced_length(request));
    wanted.metadata = request.fields.find("Upload-Metadata").value_or("");
    SW_TRY(auto metadata, tus::parse_metadata(wanted.metadata));
    wanted.filename = std::move(metadata["filename"]);
    wanted.room = std::move(metadata["room"]);
    return wanted;
}

void add_state(Response& response, const UploadService::State& state) {
    response.fields.set("Upload-Offset", std::to_string(state.offset));
    response.fields.set("Upload-Expires", format_http_date(state.upload.expires_at));
    response.fields.set("SyncWatch-Video", state.upload.video.text());
}

std::string allowed_methods(const Request& request) {
    return is_collection(request) ? "OPTIONS, POST" : "DELETE, HEAD, OPTIONS, PATCH, POST";
}

}  // namespace

void UploadApi::add_routes(Router& router) {
    // As long as bytes flow; each read has a deadline of its own.
    RouteOptions options;
    options.deadline = std::chrono::milliseconds(0);
    for (const char* path : {kPath, kOnePath}) {
        for (const Method method : kMethods) {
            router.add(
                method, path, [this](Request& request) { return answer(request); }, options);
        }
    }
}

net::awaitable<Response> UploadApi::answer(Request& request) {
    Result<Response> answered = co_await checked(request);
    Response response = answered ? *std::move(answered) : answer_error(answered.error(), request);
    if (response.status == 412) response.fields.set("Tus-Version", std::string(tus::kVersion));
    if (request.method != Method::Options) {
        response.fields.set("Tus-Resumable", std::string(tus::kVersion));
    }
    response.fields.set("Cache-Control", "no-store");
    co_return response;
}

Async<Response> UploadApi::checked(Request& request) {
    if (const auto word = request.fields.find("X-HTTP-Method-Override")) {
        const auto method = method_named(*word);
        if (!method) co_return bad_request("no method that is known");
        request.method = *method;
    }
    const Call call = call_of(request);
    if (call == nullptr) {
        Response response = answer_problem(problem_of_status(405), request);
        response.fields.set("Allow", allowed_methods(request));
        co_return response;
    }
    if (request.method != Method::Options &&
        request.fields.find("Tus-Resumable") != tus::kVersion) {
        co_return fail(ErrorCode::InvalidInput, "another version of tus", "unsupported_version");
    }
    co_return co_await (this->*call)(request);
}

UploadApi::Call UploadApi::call_of(const Request& request) const {
    const bool collection = is_collection(request);
    switch (request.method) {
        case Method::Options: return &UploadApi::options;
        case Method::Post: return collection ? &UploadApi::create : nullptr;
        case Method::Head: return collection ? nullptr : &UploadApi::head;
        case Method::Patch: return collection ? nullptr : &UploadApi::patch;
        case Method::Delete: return collection ? nullptr : &UploadApi::remove;
        default: return nullptr;
    }
}

Async<Response> UploadApi::options(Request&) {
    Response response = no_content();
    response.fields.set("Tus-Version", std::string(tus::kVersion));
    response.fields.set("Tus-Extension", std::string(tus::kExtensions));
    response.fields.set("Tus-Max-Size", std::to_string(uploads_.options().max_bytes));
    response.fields.set("Tus-Checksum-Algorithm", std::string(tus::kChecksumAlgorithms));
    co_return response;
}

Async<Response> UploadApi::create(Request& request) {
    SW_CO_TRY(Principal who, co_await authenticator_.principal(request));
    SW_CO_TRY(auto wanted, new_upload_from(request));
    UploadService::Part first;
    first.announced = request.body->announced();
    SW_CO_TRY(first.sum, sum_of(request));
    const bool with_upload =
        tus::is_upload_type(request.fields.find("Content-Type").value_or("")) &&
        first.announced != 0u;
    SW_CO_TRY(auto made, co_await uploads_.create(who, std::move(wanted)));
    if (with_upload) {
        SW_CO_TRY(made, co_await receive_first(std::move(who), std::move(made), std::move(first),
                                               request));
    }
    Response response;
    response.status = 201;
    add_state(response, made);
    response.fields.set("Location", std::string(kPath) + "/" + made.upload.id.text());
    co_return response;
}

Async<UploadService::State> UploadApi::receive_first(Principal who, UploadService::State made,
                                                     UploadService::Part part, Request& request) {
    BodySource source(*request.body);
    const UploadId id = made.upload.id;
    auto received = co_await uploads_.receive(who, id, std::move(part), &source);
    if (received) co_return *std::move(received);
    // Damaged, or larger than announced: the client cannot know the upload's place yet, so it
    // starts anew. Anything else it finds out by going on.
    if (received.error().code == ErrorCode::InvalidInput ||
        received.error().code == ErrorCode::TooLarge) {
        (void)co_await uploads_.remove(std::move(who), id);
        co_return fail(received.error());
    }
    co_return co_await uploads_.state(std::move(who), id);
}

Async<Response> UploadApi::head(Request& request) {
    SW_CO_TRY(Principal who, co_await authenticator_.principal(request));
    SW_CO_TRY(const UploadId id, upload_of(request));
    SW_CO_TRY(const auto state, co_await uploads_.state(std::move(who), id));
    Response response;
    add_state(response, state);
    if (state.upload.length) {
        response.fields.set("Upload-Length", std::to_string(*state.upload.length));
    } else {
        response.fields.set("Upload-Defer-Length", "1");
    }
    if (!state.upload.metadata.empty()) {
        response.fields.set("Upload-Metadata", state.upload.metadata);
    }
    co_return response;
}

Async<Response> UploadApi::patch(Request& request) {
    if (!tus::is_upload_type(request.fields.find("Content-Type").value_or(""))) {
        co_return fail(ErrorCode::InvalidInput, "not application/offset+octet-stream",
                       "unsupported_media_type");
    }
    SW_CO_TRY(Principal who, co_await authenticator_.principal(request));
    SW_CO_TRY(const UploadId id, upload_of(request));
    UploadService::Part part;
    SW_CO_TRY(const auto offset, optional_number(request, "Upload-Offset"));
    if (!offset) co_return bad_request("Upload-Offset is missing");
    part.offset = *offset;
    part.announced = request.body->announced();
    SW_CO_TRY(part.length, optional_number(request, "Upload-Length"));
    SW_CO_TRY(part.sum, sum_of(request));
    BodySource source(*request.body);
    SW_CO_TRY(const auto state,
              co_await uploads_.receive(std::move(who), id, std::move(part), &source));
    Response response = no_content();
    add_state(response, state);
    co_return response;
}

Async<Response> UploadApi::remove(Request& request) {
    SW_CO_TRY(Principal who, co_await authenticator_.principal(request));
    SW_CO_TRY(const UploadId id, upload_of(request));
    SW_CO_CHECK(co_await uploads_.remove(std::move(who), id));
    co_return no_content();
}

}  // namespace syncwatch::http
