#include "gateway/media/film_server.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/digest.h"
#include "domain/media/media_keys.h"
#include "gateway/api/handler.h"
#include "gateway/http/file_answer.h"
#include "protocol/hls/playlist.h"
#include "services/media/video_view.h"

namespace syncwatch::http {
namespace {

using Kind = MediaPath::Kind;

/// Segments have a new name in each edition and are never changed.
constexpr const char* kForGood = "public, max-age=31536000, immutable";
constexpr const char* kForAnHour = "public, max-age=3600";
constexpr const char* kForAMinute = "public, max-age=60";
/// A list that grows: long enough for everybody in a room to get it from one fetch of a cache.
constexpr const char* kForASecond = "public, max-age=1";

constexpr std::size_t kMostWritten = 256;

tl::unexpected<Error> nothing_there(std::string message) {
    return fail(ErrorCode::NotFound, std::move(message));
}

bool is_playlist(Kind kind) {
    return kind == Kind::Master || kind == Kind::Stream || kind == Kind::SubtitlePlaylist;
}

std::string write_playlist(const Reel& reel, const MediaPath& path) {
    if (path.kind == Kind::Master) return hls::master_playlist(reel.video, reel.streams);
    if (path.kind == Kind::SubtitlePlaylist) {
        return hls::subtitle_playlist(path.name + ".vtt", reel.video.duration);
    }
    const auto stream = reel.streams.find(path.stream);
    if (stream == reel.streams.end() || path.edition != reel.video.edition) return {};
    return hls::media_playlist(stream->second, reel.is_complete());
}

const SubtitleTrack* track_of(const Video& video, std::string_view id) {
    const auto found = std::ranges::find(video.subtitles, id, &SubtitleTrack::id);
    return found == video.subtitles.end() ? nullptr : &*found;
}

const char* cache_of_playlist(const Reel& reel, Kind kind) {
    if (!reel.is_complete()) return kForASecond;
    // Subtitles may still come and go.
    return kind == Kind::Stream ? kForAnHour : kForAMinute;
}

}  // namespace

void FilmServer::add_routes(Router& router) {
    router.add(Method::Get, "/media/{token}/{video}/{rest...}",
               handler_of(*this, &FilmServer::serve));
}

Async<Response> FilmServer::serve(Request& request) {
    const auto video = VideoId::parse(request.parameter("video"));
    const auto what = request.parameter("rest") == kPosterName.substr(1) ? MediaLinks::Opens::Poster
                                                                         : MediaLinks::Opens::Film;
    if (!video || !links_.allows(request.parameter("token"), *video, what, clock_.wall())) {
        co_return fail(ErrorCode::Forbidden, "no token for this film", "bad_capability");
    }
    // Its objects are still there, and may be until the trash is emptied.
    if (deleted_.has(*video)) co_return fail(ErrorCode::NotFound, "deleted", "no_such_video");
    auto path = parse_media_path(request.parameter("rest"));
    if (!path) co_return nothing_there("no name of anything that a film has");
    MediaPath asked = *std::move(path);
    if (is_playlist(asked.kind)) {
        co_return co_await serve_playlist(request, *video, std::move(asked));
    }
    if (asked.kind == Kind::Segment || asked.kind == Kind::Init) {
        co_return co_await serve_piece(request, *video, std::move(asked));
    }
    co_return co_await serve_beside(request, *video, std::move(asked));
}

Async<Response> FilmServer::serve_playlist(Request& request, VideoId video, MediaPath path) {
    SW_CO_TRY(auto reel, co_await reels_.find(video));
    if (!reel->video.is_playable()) co_return nothing_there("the film cannot be watched yet");
    if (path.kind == Kind::SubtitlePlaylist && track_of(reel->video, path.name) == nullptr) {
        co_return nothing_there("no such subtitles");
    }
    const char* cache = cache_of_playlist(*reel, path.kind);
    const std::string name = fmt::format("{}/{}", video.text(), request.parameter("rest"));
    SW_CO_TRY(const Written list, written(std::move(reel), path, name));
    Response response;
    response.fields.set("Content-Type", std::string(hls::kContentType));
    response.fields.set("Cache-Control", cache);
    response.fields.set("ETag", list.etag);
    const auto known = request.fields.find("If-None-Match");
    if (known && matches_etag(*known, list.etag)) {
        response.status = 304;
    } else {
        response.body = list.text;
    }
    co_return response;
}

/// Written once for each state of a film, however many ask.
Result<FilmServer::Written> FilmServer::written(std::shared_ptr<const Reel> reel,
                                                const MediaPath& path, std::string_view name) {
    {
        const std::lock_guard lock(mutex_);
        const auto found = written_.find(name);
        if (found != written_.end() && found->second.reel.lock() == reel) return found->second;
    }
    std::string text = write_playlist(*reel, path);
    if (text.empty()) return nothing_there("no such stream");
    Written list;
    list.reel = reel;
    const Sha256Sum sum = sha256(as_bytes(text));
    list.etag = "\"" + encode_hex(ByteView(sum).first(12)) + "\"";
    list.text = std::make_shared<const std::string>(std::move(text));
    const std::lock_guard lock(mutex_);
    if (written_.size() >= kMostWritten) written_.clear();
    written_.insert_or_assign(std::string(name), list);
    return list;
}

Async<Response> FilmServer::serve_piece(Request& request, VideoId video, MediaPath path) {
    const bool init = path.kind == Kind::Init;
    std::string key = init ? init_key(video, path.edition, path.stream, path.number)
                           : segment_key(video, path.edition, path.stream, path.number);
    const auto away =
        redirects_ ? redirects_->address_for(request.remote_address, key) : std::nullopt;
    if (away) {
        Response response;
        response.status = 307;
        response.fields.set("Location", *away);
        // The next time it may be another address, or none.
        response.fields.set("Cache-Control", "no-store");
        co_return response;
    }
    SW_CO_TRY(OpenBlob blob, co_await blobs_.open(std::move(key)));
    FileFacts facts;
    facts.content_type = path.stream.starts_with('a') ? "audio/mp4" : "video/mp4";
    facts.cache_control = kForGood;
    facts.etag = fmt::format("\"{}-{}-{}{}-{}\"", path.edition, path.stream, init ? "i" : "",
                             path.number, blob.size);
    co_return answer_file(request, std::move(blob), std::move(facts));
}

/// Pictures and subtitles: what belongs to the film as it is now.
Async<Response> FilmServer::serve_beside(Request& request, VideoId video, MediaPath path) {
    SW_CO_TRY(const auto reel, co_await reels_.find(video));
    const int edition = reel->video.edition;
    std::string key = picture_key(video, edition, path.name);
    if (path.kind == Kind::SubtitleFile) {
        const SubtitleTrack* track = track_of(reel->video, path.name);
        if (track == nullptr) co_return nothing_there("no such subtitles");
        key = subtitle_key(video, edition, *track);
    }
    SW_CO_TRY(OpenBlob blob, co_await blobs_.open(std::move(key)));
    FileFacts facts;
    facts.content_type = path.name.ends_with(".jpg") ? "image/jpeg" : "text/vtt; charset=utf-8";
    facts.cache_control = kForAMinute;
    facts.etag = fmt::format("\"{}-{}-{}\"", edition, path.name, blob.size);
    co_return answer_file(request, std::move(blob), std::move(facts));
}

}  // namespace syncwatch::http
