#include "gateway/static/site.h"

#include <algorithm>
#include <utility>

#include "gateway/api/answers.h"
#include "gateway/http/file_answer.h"
#include "gateway/http/response_head.h"

namespace syncwatch::http {
namespace {

constexpr std::string_view kPage = "/index.html";
/// Vite puts a hash of the content into the names of these.
constexpr std::string_view kHashed = "/assets/";

constexpr std::string_view kNoApp =
    "<!doctype html><html lang=\"en\"><title>SyncWatch</title><h1>SyncWatch is running</h1>"
    "<p>This build has no web app in it: build it in web/ (npm run build), then build syncwatch "
    "again, or name its folder with --web-dir.</p></html>\n";

bool is_servers_own(std::string_view path) {
    for (const std::string_view start : {"/api", "/media", "/health", "/metrics"}) {
        if (path == start) return true;
        if (path.starts_with(start) && path[start.size()] == '/') return true;
    }
    return false;
}

/// A path that names a file, so that a page in its place would only confuse.
bool names_a_file(std::string_view path) {
    return path.starts_with(kHashed) ||
           path.substr(path.rfind('/') + 1).find('.') != std::string_view::npos;
}

Response problem(int status, const Request& request) {
    return answer_problem(problem_of_status(status), request);
}

}  // namespace

Site::Site(std::unique_ptr<Assets> assets, const std::string& films_from)
    : assets_(std::move(assets)),
      policy_(films_from.empty() ? "" : content_security_policy(films_from)) {}

void Site::add_to(Router& router) {
    router.set_fallback([this](Request& request) { return answer(request); });
}

net::awaitable<Response> Site::answer(Request& request) {
    if (is_servers_own(request.path)) co_return problem(404, request);
    if (request.method != Method::Get && request.method != Method::Head) {
        Response response = problem(405, request);
        response.fields.set("Allow", "GET, HEAD");
        co_return response;
    }
    if (!assets_) {
        if (names_a_file(request.path)) co_return problem(404, request);
        Response response;
        response.fields.set("Content-Type", "text/html; charset=utf-8");
        response.fields.set("Cache-Control", "no-cache");
        response.body = StaticBytes{kNoApp};
        co_return response;
    }
    if (auto found = file(request, request.path)) co_return *std::move(found);
    if (names_a_file(request.path)) co_return problem(404, request);
    auto page = file(request, std::string(kPage));
    if (page) co_return *std::move(page);
    co_return problem(404, request);
}

std::optional<Response> Site::file(const Request& request, const std::string& path) const {
    const auto accepted = accepted_encodings(request.fields.find("Accept-Encoding").value_or(""));
    auto asset = assets_->find(path, accepted);
    if (!asset) return std::nullopt;
    Response response;
    response.fields.set("ETag", asset->etag);
    response.fields.set("Cache-Control", path.starts_with(kHashed)
                                             ? "public, max-age=31536000, immutable"
                                             : "no-cache");
    if (!policy_.empty()) response.fields.set("Content-Security-Policy", policy_);
    if (asset->varies) response.fields.set("Vary", "Accept-Encoding");
    const auto known = request.fields.find("If-None-Match");
    if (known && matches_etag(*known, asset->etag)) {
        response.status = 304;
        return response;
    }
    response.fields.set("Content-Type", std::string(content_type_of(path)));
    if (!asset->encoding.empty()) {
        response.fields.set("Content-Encoding", std::string(asset->encoding));
    }
    std::visit([&](auto& body) { response.body = std::move(body); }, asset->body);
    return response;
}

}  // namespace syncwatch::http
