#include "services/media/video_view.h"

namespace syncwatch {

std::optional<double> VideoView::progress() const {
    switch (video.status) {
        case VideoStatus::Uploading:
            if (!upload || upload->upload.length.value_or(0) == 0) return std::nullopt;
            return static_cast<double>(upload->offset) /
                   static_cast<double>(*upload->upload.length);
        case VideoStatus::Transcoding: return video.progress;
        case VideoStatus::Probing:
        case VideoStatus::Ready:
        case VideoStatus::Failed: break;
    }
    return std::nullopt;
}

std::string subtitle_path(const MediaLinks::Signed& link, const SubtitleTrack& track) {
    return link.base + "/subtitles/" + track.id + ".vtt";
}

}  // namespace syncwatch
