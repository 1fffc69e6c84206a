#include "gateway/media/video_api.h"

#include <utility>

#include "domain/media/subtitles/subtitles.h"
#include "gateway/api/handler.h"
#include "gateway/api/representations.h"
#include "gateway/media/video_json.h"

namespace syncwatch::http {
namespace {

namespace json = boost::json;

/// The video that the path names. Errors: NotFound.
Result<VideoId> video_of(const Request& request) {
    const auto id = VideoId::parse(request.parameter("id"));
    if (!id) return fail(ErrorCode::NotFound, "no id of a video", "no_such_video");
    return *id;
}

Response answer_video(int status, const VideoView& view) {
    return answer_json(status, resource("video", video_json(view)));
}

}  // namespace

void VideoApi::add_routes(Router& router) {
    const auto add = [&](Method method, const char* pattern, ApiCall<VideoApi> call) {
        router.add(method, pattern, handler_of(*this, call));
    };
    add(Method::Get, "/api/v1/videos", &VideoApi::list);
    add(Method::Get, "/api/v1/videos/{id}", &VideoApi::get);
    add(Method::Patch, "/api/v1/videos/{id}", &VideoApi::change);
    add(Method::Delete, "/api/v1/videos/{id}", &VideoApi::remove);
    add(Method::Post, "/api/v1/videos/{id}/retry", &VideoApi::retry);
    add(Method::Post, "/api/v1/videos/{id}/cancel", &VideoApi::cancel);
    add(Method::Post, "/api/v1/videos/{id}/subtitles", &VideoApi::add_subtitles);
    add(Method::Delete, "/api/v1/videos/{id}/subtitles/{subtitles}", &VideoApi::remove_subtitles);
}

Async<Response> VideoApi::list(Request& request) {
    SW_CO_TRY(Principal who, co_await authenticator_.principal(request));
    const auto whose =
        request.query_value("all") ? VideoLibrary::Whose::Everybodys : VideoLibrary::Whose::Mine;
    SW_CO_TRY(const auto views, co_await library_.list(std::move(who), whose));
    json::array videos;
    for (const VideoView& each : views) videos.push_back(video_json(each));
    co_return answer_json(200, json::object{{"videos", std::move(videos)}});
}

Async<Response> VideoApi::get(Request& request) {
    SW_CO_TRY(Principal who, co_await authenticator_.principal(request));
    SW_CO_TRY(const VideoId id, video_of(request));
    SW_CO_TRY(const VideoView view, co_await library_.get(std::move(who), id));
    co_return answer_video(200, view);
}

Async<Response> VideoApi::change(Request& request) {
    SW_CO_TRY(Principal who, co_await authenticator_.principal(request));
    SW_CO_TRY(const VideoId id, video_of(request));
    SW_CO_TRY(const json::object body, co_await read_json(request));
    FieldReader reader(body);
    auto title = reader.optional_text("title", {});
    SW_CO_CHECK(reader.verdict());
    if (!title) {
        SW_CO_TRY(const VideoView view, co_await library_.get(std::move(who), id));
        co_return answer_video(200, view);
    }
    SW_CO_TRY(const VideoView view,
              co_await library_.rename(std::move(who), id, *std::move(title)));
    co_return answer_video(200, view);
}

Async<Response> VideoApi::remove(Request& request) {
    SW_CO_TRY(Principal who, co_await authenticator_.principal(request));
    SW_CO_TRY(const VideoId id, video_of(request));
    SW_CO_CHECK(co_await library_.remove(std::move(who), id, request.remote_address));
    co_return no_content();
}

Async<Response> VideoApi::retry(Request& request) {
    SW_CO_TRY(Principal who, co_await authenticator_.principal(request));
    SW_CO_TRY(const VideoId id, video_of(request));
    SW_CO_TRY(const VideoView view, co_await library_.retry(std::move(who), id));
    co_return answer_video(200, view);
}

Async<Response> VideoApi::cancel(Request& request) {
    SW_CO_TRY(Principal who, co_await authenticator_.principal(request));
    SW_CO_TRY(const VideoId id, video_of(request));
    SW_CO_TRY(const VideoView view, co_await library_.cancel(std::move(who), id));
    co_return answer_video(200, view);
}

Async<Response> VideoApi::add_subtitles(Request& request) {
    SW_CO_TRY(Principal who, co_await authenticator_.principal(request));
    SW_CO_TRY(const VideoId id, video_of(request));
    VideoLibrary::NewSubtitles wanted;
    wanted.language = request.query_value("language").value_or("");
    wanted.title = request.query_value("title").value_or("");
    wanted.filename = request.query_value("filename").value_or("");
    SW_CO_TRY(wanted.bytes, co_await request.body->read_all(kMaxSubtitleBytes));
    SW_CO_TRY(const VideoView view,
              co_await library_.add_subtitles(std::move(who), id, std::move(wanted)));
    co_return answer_video(201, view);
}

Async<Response> VideoApi::remove_subtitles(Request& request) {
    SW_CO_TRY(Principal who, co_await authenticator_.principal(request));
    SW_CO_TRY(const VideoId id, video_of(request));
    std::string track(request.parameter("subtitles"));
    SW_CO_CHECK(co_await library_.remove_subtitles(std::move(who), id, std::move(track)));
    co_return no_content();
}

}  // namespace syncwatch::http
