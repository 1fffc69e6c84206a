#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace syncwatch::http {

/// What a player asks for behind /media/TOKEN/VIDEO/.
struct MediaPath {
    enum class Kind : std::uint8_t {
        Master,            ///< master.m3u8
        Stream,            ///< EDITION/STREAM/index.m3u8
        Init,              ///< EDITION/STREAM/init-0.mp4
        Segment,           ///< EDITION/STREAM/000000.m4s
        Picture,           ///< poster.jpg, sprite.vtt, sprite-0.jpg
        SubtitlePlaylist,  ///< subtitles/TRACK.m3u8
        SubtitleFile,      ///< subtitles/TRACK.vtt
    };

    Kind kind = Kind::Master;
    int edition = 0;
    std::string stream;
    int number = 0;
    std::string name;  ///< Of a picture, or a track's id.
};

/// nullopt: no such thing is ever there. What is not exactly one of these forms never reaches the
/// store.
std::optional<MediaPath> parse_media_path(std::string_view path);

}  // namespace syncwatch::http
