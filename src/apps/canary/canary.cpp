#include "apps/canary/canary.h"

#include <chrono>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "adapters/program/memory_file.h"
#include "adapters/program/run.h"
#include "apps/canary/canary_settings.h"
#include "apps/canary/live_ledger.h"
#include "base/encoding.h"

namespace syncwatch::apps {
namespace {

using namespace std::chrono_literals;

constexpr auto kMakeAccountWithin = 2min;
/// The newest, and others that are drawn: in time each has its turn.
constexpr std::size_t kSample = 5;
/// Of films that were removed for good since, so many are passed by.
constexpr std::size_t kMostGone = 8;
constexpr const char* kEarlier =
    "an earlier moment or backup may be usable, syncwatch backup list shows them";

/// The first stays where it is, and of the others any may be the next.
void draw_behind_first(std::vector<CanaryFilm>& films, Random& random) {
    for (std::size_t at = 1; at < films.size() && at < kSample + kMostGone; ++at) {
        std::swap(films[at], films[at + draw_below(films.size() - at, random)]);
    }
}

bool is_over(const Error& error) {
    return error.code == ErrorCode::Cancelled;
}

}  // namespace

std::string Canary::drawn(std::size_t bytes) const {
    std::vector<std::uint8_t> random(bytes);
    powers_.random.fill(random);
    return encode_hex(random);
}

Async<Visit> Canary::visit(RestoredDatabase database) {
    Visit visit;
    auto environment = canary_environment(settings_, database);
    if (!environment) {
        visit.seen.push_back("it was not used: " + environment.error().message);
        co_return visit;
    }
    std::error_code failed;
    std::filesystem::create_directories(canary_folder(database) / "objects", failed);
    SW_CO_TRY(const auto server, CanaryServer::start(*environment, powers_.clock));
    const auto used = co_await use(*server, *environment, visit);
    (void)co_await server->end();
    if (!used) co_return fail(used.error());
    co_return visit;
}

Async<> Canary::use(CanaryServer& server, std::vector<std::string> environment, Visit& visit) {
    const auto unusable = [&visit](const char* what, const Error& error) -> Result<> {
        if (is_over(error)) return fail(error);
        visit.faults.push_back(fmt::format("{}: {}; {}", what, error.message, kEarlier));
        return {};
    };
    const auto port = co_await server.ready();
    if (!port) co_return unusable("the program does not start on it", port.error());
    const std::string name = "canary-" + drawn(6);
    const std::string password = drawn(24);
    const auto made = co_await make_account(std::move(environment), name, password);
    if (!made) co_return unusable("no account can be made in it", made.error());
    CanaryUser user(*port);
    const auto known = co_await user.log_in(name, password);
    if (!known) co_return unusable("a canary cannot log in", known.error());
    const auto rooms = co_await user.list("/api/v1/rooms", "rooms");
    if (!rooms) co_return unusable("its rooms cannot be listed", rooms.error());
    const auto videos = co_await user.list("/api/v1/videos?all=1", "videos");
    if (!videos) co_return unusable("its films cannot be listed", videos.error());
    visit.seen.push_back(fmt::format("a canary logged in, and saw {} public rooms and {} films",
                                     rooms->size(), videos->size()));
    std::vector<CanaryFilm> films = ready_films(*videos);
    co_return co_await try_films(server, user, std::move(films), visit);
}

/// By the command that does it for operators, beside the server.
Async<> Canary::make_account(std::vector<std::string> environment, std::string name,
                             std::string password) {
    SW_CO_TRY(const UniqueFd typed, program::memory_file(password + "\n"));
    program::Spec spec;
    spec.program = "/proc/self/exe";
    spec.args = {"user", "add", std::move(name), "--admin"};
    spec.environment = std::move(environment);
    spec.input = typed.get();
    program::Limits limits;
    limits.deadline = kMakeAccountWithin;
    auto running = program::run(std::move(spec), limits);
    SW_CO_TRY(const program::Ran ran, co_await std::move(running));
    if (ran.end.is_good()) co_return Result<>();
    co_return fail(ErrorCode::Corrupt, first_words(ran.errors));
}

Async<> Canary::try_films(CanaryServer& server, CanaryUser& user, std::vector<CanaryFilm> films,
                          Visit& visit) {
    if (films.empty()) {
        visit.seen.emplace_back("it has no film that could be played");
        co_return Result<>();
    }
    if (const auto why = films_out_of_reach(settings_)) {
        visit.seen.push_back("no film was played: " + *why);
        co_return Result<>();
    }
    draw_behind_first(films, powers_.random);
    std::size_t gone = 0;
    FilmsSeen played;
    for (const CanaryFilm& each : films) {
        if (played.films == kSample || gone == kMostGone) break;
        SW_CO_TRY(const Tried tried, co_await try_film(server, user, each, visit, played));
        if (tried == Tried::Nothing) co_return Result<>();
        if (tried == Tried::Gone) ++gone;
    }
    if (played.films == 0)
        visit.seen.push_back("no film was played: its newest were removed since");
    if (played.others > 0) {
        visit.seen.push_back(
            fmt::format("{} of the {} others were drawn, and play: {} segments decoded",
                        played.others, films.size() - 1, played.segments));
    }
    co_return Result<>();
}

Async<Canary::Tried> Canary::try_film(CanaryServer& server, CanaryUser& user, CanaryFilm film,
                                      Visit& visit, FilmsSeen& all) {
    const std::string title = film.title;
    const auto played =
        co_await play(user, std::move(film), settings_.media.ffmpeg, powers_.random);
    if (played && all.films++ == 0) {
        visit.seen.push_back(fmt::format("\"{}\" plays: {} segments decoded", title, *played));
        co_return Tried::Film;
    }
    if (played) {
        ++all.others;
        all.segments += static_cast<std::size_t>(*played);
        co_return Tried::Film;
    }
    const Error& error = played.error();
    if (is_over(error)) co_return fail(error);
    if (error.reason == "not_installed") {
        visit.seen.push_back("no film was played: " + error.message);
        co_return Tried::Nothing;
    }
    SW_CO_TRY(const std::string key, co_await server.faulty_object());
    const bool is_away = error.code == ErrorCode::Unavailable && key.empty();
    if (is_away) {
        visit.seen.push_back(fmt::format("{} film was played: an object store does not answer ({})",
                                         all.films == 0 ? "no" : "no other", error.message));
        co_return Tried::Nothing;
    }
    if (!key.empty() && is_still_wanted(settings_, key) == false) co_return Tried::Gone;
    visit.films.push_back(
        key.empty()
            ? fmt::format("\"{}\" does not play: {}", title, error.message)
            : fmt::format("\"{}\" does not play: {} is in no store as it should be", title, key));
    ++all.films;
    co_return Tried::Film;
}

}  // namespace syncwatch::apps
