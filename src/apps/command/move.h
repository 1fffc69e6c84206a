#pragma once
#include <string>

#include "apps/command/command.h"

namespace syncwatch::apps {

/// From which database to which, as the command line has them.
struct Move {
    std::string from;  ///< "sqlite:FILE"
    std::string to;    ///< "postgres://…"
};

/// Moves an installation. Nobody may be serving from it.
Outcome<> run_move(Invocation& invocation, const Move& move);

}  // namespace syncwatch::apps
