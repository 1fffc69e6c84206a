#pragma once
#include <string>
#include <vector>

#include "apps/papers/paper.h"
#include "apps/papers/typist.h"

namespace syncwatch::apps {

// Each gives what there is to do at this installation; an installation without the engine has no
// procedure for it.
std::vector<Procedure> embedded_procedures(const PaperFacts& facts, const Typist& typist);
std::vector<Procedure> postgres_procedures(const PaperFacts& facts, const Typist& typist);
/// Redis, objects.
std::vector<Procedure> engine_procedures(const PaperFacts& facts, const Typist& typist);
/// Settings and secrets, a damaged backup, a repository that is away.
std::vector<Procedure> backup_procedures(const PaperFacts& facts, const Typist& typist);
/// The program itself, a bad release, TURN, the whole machine.
std::vector<Procedure> service_procedures(const PaperFacts& facts, const Typist& typist);

/// What stands in the way of counting on the plan, the worst first.
std::vector<std::string> missing(const PaperFacts& facts);

/// After every procedure of the server: is it well, and do people get what they had?
std::vector<Step> usual_checks(const Typist& typist, const std::string& by_hand);

}  // namespace syncwatch::apps
