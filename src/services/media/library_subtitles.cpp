// The part of VideoLibrary that takes subtitles in.
#include <algorithm>
#include <array>
#include <utility>

#include "base/async/offload.h"
#include "base/encoding.h"
#include "domain/media/media_keys.h"
#include "domain/media/subtitles/subtitles.h"
#include "domain/media/title.h"
#include "services/media/video_library.h"

namespace syncwatch {
namespace {

/// The outer form of BCP 47: letters, then parts of letters and digits.
bool is_language(std::string_view text) {
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    const auto plain = [&](char c) { return letter(c) || (c >= '0' && c <= '9'); };
    bool first = true;
    for (;;) {
        const std::string_view part = text.substr(0, text.find('-'));
        const std::size_t most = first ? 3 : 8;
        if (part.size() < (first ? 2u : 1u) || part.size() > most) return false;
        if (first && !std::ranges::all_of(part, letter)) return false;
        if (!std::ranges::all_of(part, plain)) return false;
        if (part.size() == text.size()) return true;
        text.remove_prefix(part.size() + 1);
        first = false;
    }
}

std::string make_track_id(Random& random) {
    std::array<std::uint8_t, 8> bytes{};
    random.fill(bytes);
    return "u" + encode_hex(bytes);
}

Result<SubtitleTrack> track_from(const VideoLibrary::NewSubtitles& wanted, Random& random) {
    SubtitleTrack track;
    track.id = make_track_id(random);
    track.source = SubtitleTrack::Source::Uploaded;
    if (!wanted.language.empty() &&
        (wanted.language.size() > 35 || !is_language(wanted.language))) {
        return fail_field("language", "must be a language tag such as en or pt-BR");
    }
    track.language = wanted.language;
    if (!wanted.title.empty()) {
        SW_TRY(track.title, valid_title(wanted.title));
    } else if (!wanted.filename.empty()) {
        track.title = title_of_file(wanted.filename);
    }
    return track;
}

}  // namespace

Async<VideoView> VideoLibrary::add_subtitles(Principal who, VideoId id, NewSubtitles wanted) {
    SW_CO_TRY(const Video before, co_await owned(std::move(who), id));
    SW_CO_TRY(const SubtitleTrack track, track_from(wanted, powers_.random));
    auto convert = [bytes = std::move(wanted.bytes)] { return webvtt_from(bytes); };
    SW_CO_TRY(std::string vtt, co_await offload(powers_.pool, std::move(convert)));
    const std::string key = subtitle_key(id, before.edition, track);
    SW_CO_TRY(const StoredBlob stored, co_await powers_.blobs.put(key, std::move(vtt)));
    auto video = co_await powers_.videos.add_subtitle(id, track, stored, options_.most_subtitles,
                                                      powers_.clock.wall());
    if (!video) {
        (void)co_await powers_.blobs.remove(key);
        co_return fail(video.error());
    }
    announce(id);
    co_return co_await view(*std::move(video));
}

Async<VideoView> VideoLibrary::remove_subtitles(Principal who, VideoId id, std::string track) {
    SW_CO_CHECK(co_await owned(std::move(who), id));
    Result<Video> video = fail(ErrorCode::Internal, "not asked");
    if (keeps_deleted()) {
        const WallTime now = powers_.clock.wall();
        video = co_await powers_.videos.put_subtitle_into_trash(id, std::move(track), now);
    } else {
        video = co_await powers_.videos.remove_subtitle(id, std::move(track));
    }
    if (!video) co_return fail(std::move(video).error());
    announce(id);
    co_return co_await view(*std::move(video));
}

}  // namespace syncwatch
