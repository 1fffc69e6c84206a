#pragma once
#include <optional>
#include <vector>

#include "ports/told_store.h"
#include "recovery/signals/condition.h"

namespace syncwatch::recovery {

/// Who is told: an entry of the plan.
struct Audience {
    std::string channel;
    std::vector<Severity> about;
    std::string installation;
    std::string site;
};

/// Something to say, and what is kept once it was heard.
struct Telling {
    Notice notice;
    std::optional<Told> then;  ///< nullopt: it is over, and forgotten.
};

/// What a channel is to be told now: of each thing that it begins, once a day that it still stands,
/// and that it is over. The worst first. Nothing that it was told already, by whomever.
std::vector<Telling> to_tell(const Audience& audience, const Observed& observed,
                             const std::vector<Told>& told, WallTime now);

}  // namespace syncwatch::recovery
