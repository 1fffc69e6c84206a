#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/uuid.h"
#include "domain/media/video.h"

namespace syncwatch {

/// Where a video's objects lie in the BlobStore: everything of one video under one prefix, and
/// everything of one edition under one within it.
///
///     videos/ID/source/original
///     videos/ID/EDITION/v720/init-0.mp4  000000.m4s  000001.m4s …
///     videos/ID/EDITION/poster.jpg  sprite.vtt  sprite-0.jpg …
///     videos/ID/EDITION/subtitles/TRACK.vtt        embedded ones
///     videos/ID/subtitles/TRACK.vtt                uploaded ones: a new edition keeps them
std::string video_prefix(VideoId video);
std::string source_prefix(VideoId video);
std::string source_key(VideoId video);
std::string edition_prefix(VideoId video, int edition);
std::string init_key(VideoId video, int edition, std::string_view stream, int init);
std::string segment_key(VideoId video, int edition, std::string_view stream, int number);
inline constexpr std::string_view kPosterObject = "poster.jpg";
inline constexpr std::string_view kSpriteObject = "sprite.vtt";
/// poster.jpg, sprite.vtt, sprite-0.jpg
std::string picture_key(VideoId video, int edition, std::string_view name);
std::string subtitle_key(VideoId video, int edition, const SubtitleTrack& track);

/// What a key of a stream's object names: a segment, or what players need before it.
struct PieceKey {
    VideoId video;
    int edition = 1;
    std::string stream;
    bool is_init = false;
    int number = 0;  ///< Of the segment, or of the init.
};
/// nullopt: it is a key of something else.
std::optional<PieceKey> parse_piece_key(std::string_view key);

/// What a key of an object beside the streams names.
struct ExtraKey {
    enum class Kind : std::uint8_t { Poster, SpriteList, SpriteSheet, Subtitles };
    VideoId video;
    int edition = 1;
    Kind kind = Kind::Poster;
    std::size_t sheet = 0;
    std::string track;
};
/// nullopt: it is a key of something else; uploaded subtitles are.
std::optional<ExtraKey> parse_extra_key(std::string_view key);

/// The last part of a segment's key: "000042.m4s".
std::string segment_name(int number);
/// "init-0.mp4"
std::string init_name(int init);

/// True for names that a stream may have: a lower-case letter, then up to 15 lower-case letters and
/// digits.
bool is_stream_name(std::string_view name);

}  // namespace syncwatch
