#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "apps/canary/canary_film.h"
#include "apps/canary/canary_server.h"
#include "apps/canary/canary_user.h"
#include "apps/config/settings.h"
#include "ports/clock.h"
#include "ports/random.h"
#include "ports/restored_database.h"

namespace syncwatch::apps {

/// Whether what was restored can be used: this program serves it, somebody logs in, looks at the
/// lists, and plays films: the newest, and some that are drawn. Their account is made in what was
/// restored, and is gone with it; its password is in memory alone. docs/recovery/backups.md says
/// what that shows.
class Canary final : public RestoredVisitor {
public:
    /// They outlive it.
    struct Powers {
        Clock& clock;
        Random& random;
    };
    Canary(config::Settings settings, Powers powers)
        : settings_(std::move(settings)), powers_(powers) {}

    Async<Visit> visit(RestoredDatabase database) override;

private:
    Async<> use(CanaryServer& server, std::vector<std::string> environment, Visit& visit);
    Async<> make_account(std::vector<std::string> environment, std::string name,
                         std::string password);
    Async<> try_films(CanaryServer& server, CanaryUser& user, std::vector<CanaryFilm> films,
                      Visit& visit);
    enum class Tried : std::uint8_t {
        Film,     ///< It plays, or is named as one that does not.
        Gone,     ///< It is none of those that should: it was removed since.
        Nothing,  ///< No film can be tried here and now.
    };
    /// Of a visit so far. What does not play is named one by one, what does is counted.
    struct FilmsSeen {
        std::size_t films = 0;
        std::size_t others = 0;    ///< That play, behind the first,
        std::size_t segments = 0;  ///< and so much of them.
    };
    Async<Tried> try_film(CanaryServer& server, CanaryUser& user, CanaryFilm film, Visit& visit,
                          FilmsSeen& all);
    std::string drawn(std::size_t bytes) const;

    const config::Settings settings_;
    const Powers powers_;
};

}  // namespace syncwatch::apps
