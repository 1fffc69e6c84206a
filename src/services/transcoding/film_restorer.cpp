#include "services/transcoding/film_restorer.h"

#include <utility>

#include "base/log/log.h"
#include "domain/media/media_keys.h"

namespace syncwatch {

FilmRestorer::FilmRestorer(Powers powers, net::any_io_executor executor)
    : powers_(powers),
      segments_({powers.videos, powers.ledger, powers.blobs, powers.transcoder, powers.bus,
                 powers.clock}),
      extras_({powers.videos, powers.ledger, powers.blobs, powers.transcoder, powers.clock},
              segments_),
      queue_(powers.clock, std::move(executor),
             [this](std::string key) { return make_noted(std::move(key)); }) {}

Async<> FilmRestorer::make_again(std::string key, Instant deadline) {
    if (!parse_piece_key(key) && !parse_extra_key(key)) {
        co_return fail(ErrorCode::NotFound, key + " cannot be made again");
    }
    co_return co_await queue_.make_again(std::move(key), deadline);
}

Async<> FilmRestorer::make_noted(std::string key) {
    const Instant begun = powers_.clock.now();
    SW_CO_CHECK(co_await make(key));
    const std::chrono::duration<double> took = powers_.clock.now() - begun;
    ++powers_.tally.healed_from_original;
    log::info("objects.made_again", {{"key", key}, {"seconds", took.count()}});
    co_return Result<>();
}

Async<> FilmRestorer::make(std::string key) {
    if (auto extra = parse_extra_key(key)) {
        ExtraKey wanted = *std::move(extra);
        co_return co_await extras_.make(std::move(wanted));
    }
    co_return co_await segments_.make(std::move(key));
}

}  // namespace syncwatch
