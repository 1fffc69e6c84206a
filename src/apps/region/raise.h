#pragma once
#include <string>
#include <vector>

#include "apps/region/board.h"
#include "apps/region/lab.h"

namespace syncwatch::lab {

/// A part that did not get healthy, and why.
struct Trouble {
    std::string part;
    std::string why;
};

/// That nobody else has a port that a part needs which is not running. Errors: Conflict
/// ("port_taken"), naming both.
Result<> check_ports(const Lab& lab, const std::vector<const Part*>& parts);

/// Brings parts to health, each after those it needs: wakes what hangs or is cut off, starts what
/// does not run, leaves alone what is healthy. Gives those that did not get there.
std::vector<Trouble> raise(Lab& lab, const std::vector<const Part*>& parts, Board& board);

}  // namespace syncwatch::lab
