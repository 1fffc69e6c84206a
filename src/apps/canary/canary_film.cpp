#include "apps/canary/canary_film.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "adapters/program/memory_file.h"
#include "adapters/program/run.h"
#include "adapters/program/surroundings.h"
#include "apps/canary/playlist_words.h"

namespace syncwatch::apps {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

constexpr auto kDecodeWithin = 60s;

std::string text_at(const json::object& of, std::string_view name) {
    const auto* const value = of.if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->get_string())
                                                  : std::string();
}

/// The first, and one of the others: another each time.
std::vector<std::size_t> some_of(std::size_t count, Random& random) {
    if (count < 2) return {0};
    return {0, 1 + draw_below(count - 1, random)};
}

/// Frames that ffmpeg makes of a piece of a film, as a player would.
Async<> decode(std::string ffmpeg, std::string bytes, std::string name) {
    SW_CO_TRY(const UniqueFd piece, program::memory_file(bytes));
    program::Spec spec;
    spec.program = std::move(ffmpeg);
    spec.args = {"-v", "error", "-nostdin", "-xerror", "-i", "pipe:0", "-f", "framecrc", "pipe:1"};
    spec.environment = program::bare_environment();
    spec.input = piece.get();
    program::Limits limits;
    limits.deadline = kDecodeWithin;
    auto running = program::run(std::move(spec), limits);
    SW_CO_TRY(const program::Ran ran, co_await std::move(running));
    // Each frame is a line; others begin with '#'.
    const bool has_frames = ran.out.find("\n0,") != std::string::npos;
    if (ran.end.is_good() && has_frames) co_return Result<>();
    std::string words = ran.errors.substr(0, ran.errors.find('\n'));
    if (words.empty()) words = "it has no frames";
    co_return fail(ErrorCode::Corrupt, fmt::format("{} cannot be decoded: {}", name, words));
}

/// The end of a path, which names a piece of a stream.
std::string name_of(std::string_view path) {
    const std::size_t file = path.rfind('/');
    const std::size_t stream = file == 0 ? file : path.rfind('/', file - 1);
    return std::string(path.substr(stream + 1));
}

Async<int> play_stream(CanaryUser& user, std::string playlist, std::string ffmpeg, Random& random) {
    SW_CO_TRY(const std::string text, co_await user.get(playlist));
    const std::vector<ListedSegment> segments = segments_in(text);
    if (segments.empty()) co_return fail(ErrorCode::Corrupt, name_of(playlist) + " is empty");
    int played = 0;
    for (const std::size_t each : some_of(segments.size(), random)) {
        const ListedSegment& segment = segments[each];
        std::string bytes;
        if (!segment.init.empty()) {
            std::string init = beside(playlist, segment.init);
            SW_CO_TRY(bytes, co_await user.get(std::move(init)));
        }
        const std::string path = beside(playlist, segment.name);
        SW_CO_TRY(const std::string body, co_await user.get(path));
        bytes += body;
        std::string name = name_of(path);
        SW_CO_CHECK(co_await decode(ffmpeg, std::move(bytes), std::move(name)));
        ++played;
    }
    co_return played;
}

}  // namespace

std::size_t draw_below(std::size_t count, Random& random) {
    std::array<std::uint8_t, 8> drawn{};
    random.fill(drawn);
    std::uint64_t number = 0;
    for (const std::uint8_t each : drawn) number = number << 8 | each;
    return static_cast<std::size_t>(number % count);
}

std::vector<CanaryFilm> ready_films(const json::array& videos) {
    std::vector<CanaryFilm> films;
    for (const json::value& each : videos) {
        if (!each.is_object()) continue;
        const json::object& video = each.get_object();
        CanaryFilm film{text_at(video, "title"), text_at(video, "created_at"),
                        text_at(video, "master")};
        const bool is_ready = text_at(video, "status") == "ready" && !film.master.empty();
        if (is_ready) films.push_back(std::move(film));
    }
    std::ranges::stable_sort(films, std::ranges::greater(), &CanaryFilm::created_at);
    return films;
}

Async<int> play(CanaryUser& user, CanaryFilm film, std::string ffmpeg, Random& random) {
    SW_CO_TRY(const std::string master, co_await user.get(film.master));
    const auto streams = streams_in(master);
    if (!streams) co_return fail(ErrorCode::Corrupt, "its playlist has no pictures");
    std::string pictures = beside(film.master, streams->pictures);
    SW_CO_TRY(int played, co_await play_stream(user, std::move(pictures), ffmpeg, random));
    if (streams->sound.empty()) co_return played;
    std::string sound = beside(film.master, streams->sound);
    SW_CO_TRY(const int heard, co_await play_stream(user, std::move(sound), ffmpeg, random));
    co_return played + heard;
}

}  // namespace syncwatch::apps
