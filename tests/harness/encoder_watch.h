#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/this_coro.hpp>
#include <sys/types.h>

#include "adapters/ffmpeg/ffmpeg_transcoder.h"
#include "harness/clips.h"
#include "harness/made_film.h"

namespace syncwatch::ffmpeg {

/// The processes that run ffmpeg on `file`.
inline std::vector<pid_t> readers_of(const std::filesystem::path& file) {
    std::vector<pid_t> found;
    for (const auto& each : std::filesystem::directory_iterator("/proc")) {
        const std::string name = each.path().filename().string();
        if (name.find_first_not_of("0123456789") != std::string::npos) continue;
        const std::string command = contents_of(each.path() / "cmdline");
        if (command.find("ffmpeg") == std::string::npos) continue;
        if (command.find(file.string()) != std::string::npos) found.push_back(std::stoi(name));
    }
    return found;
}

/// Notes why it ended.
inline net::awaitable<void> make_until_cancelled(FfmpegTranscoder& transcoder, Transcoder::Run run,
                                                 MadeFilm& film, std::optional<Error>& error) {
    co_await net::this_coro::throw_if_cancelled(false);
    auto end = co_await transcoder.run(std::move(run), film);
    if (!end) error = end.error();
}

}  // namespace syncwatch::ffmpeg
