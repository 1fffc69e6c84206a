#include "gateway/media/video_json.h"

#include <utility>

#include <boost/json/array.hpp>

#include "base/time.h"

namespace syncwatch::http {
namespace {

namespace json = boost::json;

json::object rendition_json(const Rendition& rung) {
    return {{"name", rung.name},
            {"width", rung.width},
            {"height", rung.height},
            {"frame_rate", rung.frame_rate},
            {"bits_per_second", rung.bits_per_second},
            {"remuxed", rung.remuxed}};
}

json::object audio_json(const AudioTrack& track) {
    return {{"index", track.index},
            {"language", track.language},
            {"title", track.title},
            {"channels", track.channels},
            {"default", track.is_default}};
}

json::object subtitle_json(const SubtitleTrack& track, const MediaLinks::Signed& link) {
    return {{"id", track.id},
            {"language", track.language},
            {"title", track.title},
            {"source", text(track.source)},
            {"default", track.is_default},
            {"forced", track.forced},
            {"url", subtitle_path(link, track)}};
}

json::value upload_json(const std::optional<UploadService::State>& upload) {
    if (!upload) return nullptr;
    json::object body{{"id", upload->upload.id.text()},
                      {"offset", upload->offset},
                      {"length", nullptr},
                      {"expires_at", format_rfc3339(upload->upload.expires_at)}};
    if (upload->upload.length) body["length"] = *upload->upload.length;
    return body;
}

template <class T>
json::value number_or_null(const T& value) {
    return value > T{} ? json::value(value) : json::value(nullptr);
}

json::value path_or_null(bool there, const MediaLinks::Signed& link, std::string_view name) {
    if (!there) return nullptr;
    return json::string(link.base + std::string(name));
}

template <class List, class Each>
json::array array_of(const List& list, Each each) {
    json::array out;
    out.reserve(list.size());
    for (const auto& one : list) out.push_back(each(one));
    return out;
}

}  // namespace

json::object video_json(const VideoView& view) {
    const Video& video = view.video;
    json::object body{{"id", video.id.text()},
                      {"title", video.title},
                      {"owner", video.owner.text()},
                      {"status", text(video.status)},
                      {"created_at", format_rfc3339(video.created_at)},
                      {"size", video.size},
                      {"original_kept", video.original_kept},
                      {"progress", view.progress().value_or(0.0)},
                      {"eta_seconds", nullptr},
                      {"playable_until", video.playable_until.count()},
                      {"duration", number_or_null(video.duration.count())},
                      {"width", number_or_null(video.width)},
                      {"height", number_or_null(video.height)},
                      {"frame_rate", number_or_null(video.frame_rate)},
                      {"renditions", array_of(video.renditions, rendition_json)},
                      {"audio_tracks", array_of(video.audio_tracks, audio_json)},
                      {"subtitles", array_of(video.subtitles,
                                             [&](const SubtitleTrack& t) {
                                                 return subtitle_json(t, view.link);
                                             })},
                      {"poster", path_or_null(video.has_poster, view.link, kPosterName)},
                      {"sprite", path_or_null(video.has_sprite, view.link, kSpriteName)},
                      {"master", path_or_null(video.is_playable(), view.link, kMasterName)},
                      {"error", nullptr},
                      {"upload", upload_json(view.upload)}};
    if (video.status == VideoStatus::Ready) body["progress"] = 1.0;
    if (video.eta) body["eta_seconds"] = video.eta->count();
    if (video.error) {
        body["error"] =
            json::object{{"code", video.error->code}, {"message", video.error->message}};
    }
    return body;
}

}  // namespace syncwatch::http
