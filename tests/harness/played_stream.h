#pragma once
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "harness/http_client.h"

namespace syncwatch::harness {

/// What a playlist lists, as paths; nothing: it cannot be had just now.
inline std::vector<std::string> entries(HttpClient& at, const std::string& playlist) {
    std::vector<std::string> found;
    const HttpAnswer answer = at.get(playlist);
    if (answer.status != 200) return found;
    const std::string base = playlist.substr(0, playlist.rfind('/') + 1);
    std::istringstream lines(answer.body);
    for (std::string line; std::getline(lines, line);) {
        if (!line.empty() && line[0] != '#') found.push_back(base + line);
    }
    return found;
}

/// A stream as a player puts it together by its playlist.
struct PlayedStream {
    std::string playlist;
    std::string init;
    std::vector<std::string> segments;

    std::string bytes() const {
        std::string all = init;
        for (const std::string& each : segments) all += each;
        return all;
    }
};

/// Fetches all that the playlist at `path` lists.
inline PlayedStream played(HttpClient& at, const std::string& path) {
    const auto fetch = [&at](const std::string& each) {
        const HttpAnswer answer = at.get(each);
        EXPECT_EQ(answer.status, 200) << each;
        return answer.body;
    };
    PlayedStream stream;
    stream.playlist = fetch(path);
    EXPECT_EQ(stream.playlist.find("DISCONTINUITY"), std::string::npos);
    const std::string base = path.substr(0, path.rfind('/') + 1);
    const std::string map = "#EXT-X-MAP:URI=\"";
    std::istringstream lines(stream.playlist);
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with(map)) {
            EXPECT_TRUE(stream.init.empty()) << "one head for all of it";
            stream.init = fetch(base + line.substr(map.size(), line.rfind('"') - map.size()));
        } else if (!line.empty() && line[0] != '#') {
            stream.segments.push_back(fetch(base + line));
        }
    }
    return stream;
}

}  // namespace syncwatch::harness
