#include "apps/canary/playlist_words.h"

#include <utility>

namespace syncwatch::apps {
namespace {

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        std::string_view line = text.substr(0, end);
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (!line.empty()) lines.push_back(line);
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    }
    return lines;
}

/// The value between quotes of an attribute; empty: it has none of this name.
std::string quoted(std::string_view line, std::string_view attribute) {
    const std::string wanted = std::string(attribute) + "=\"";
    const std::size_t at = line.find(wanted);
    if (at == std::string_view::npos) return {};
    line.remove_prefix(at + wanted.size());
    return std::string(line.substr(0, line.find('"')));
}

}  // namespace

std::optional<ChosenStreams> streams_in(std::string_view master) {
    ChosenStreams chosen;
    for (const std::string_view line : lines_of(master)) {
        if (!line.starts_with('#')) {
            if (chosen.pictures.empty()) chosen.pictures = line;
            continue;
        }
        if (!line.starts_with("#EXT-X-MEDIA:TYPE=AUDIO")) continue;
        const bool is_default = line.find(",DEFAULT=YES") != std::string_view::npos;
        if (is_default || chosen.sound.empty()) chosen.sound = quoted(line, "URI");
    }
    if (chosen.pictures.empty()) return std::nullopt;
    return chosen;
}

std::vector<ListedSegment> segments_in(std::string_view playlist) {
    std::vector<ListedSegment> all;
    std::string init;
    for (const std::string_view line : lines_of(playlist)) {
        if (line.starts_with("#EXT-X-MAP:")) init = quoted(line, "URI");
        if (!line.starts_with('#')) all.push_back({init, std::string(line)});
    }
    return all;
}

std::string beside(std::string_view playlist, std::string_view name) {
    if (name.starts_with('/')) return std::string(name);
    return std::string(playlist.substr(0, playlist.rfind('/') + 1)) + std::string(name);
}

}  // namespace syncwatch::apps
