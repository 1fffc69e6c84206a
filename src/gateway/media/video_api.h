#pragma once
#include "gateway/api/authenticator.h"
#include "gateway/http/router.h"
#include "services/media/video_library.h"

namespace syncwatch::http {

/// The calls about films: /api/v1/videos and what is under it. Safe from any thread.
class VideoApi {
public:
    VideoApi(VideoLibrary& library, Authenticator& authenticator)
        : library_(library), authenticator_(authenticator) {}

    void add_routes(Router& router);

private:
    Async<Response> list(Request& request);
    Async<Response> get(Request& request);
    Async<Response> change(Request& request);
    Async<Response> remove(Request& request);
    Async<Response> retry(Request& request);
    Async<Response> cancel(Request& request);
    Async<Response> add_subtitles(Request& request);
    Async<Response> remove_subtitles(Request& request);

    VideoLibrary& library_;
    Authenticator& authenticator_;
};

}  // namespace syncwatch::http
