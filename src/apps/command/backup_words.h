#pragma once
#include <string>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "apps/command/command.h"
#include "recovery/catalogue/survey.h"

/// How commands show what the catalogue has.
namespace syncwatch::apps {

boost::json::object record_json(const recovery::BackupRecord& record);
boost::json::object verification_json(const recovery::Verification& look);
boost::json::array troubles_json(const std::vector<recovery::Trouble>& troubles);

/// "in far: the folder is not there"
std::string trouble_line(const recovery::Trouble& trouble);

/// Tells all that cannot be believed of the catalogue; of one component alone unless that is empty.
/// Gives how much it is.
std::size_t tell_faults(Output& out, const recovery::Survey& survey,
                        const std::string& component = {});

/// How a look ends that found a sound database, and films of it that do not play: `words`.
tl::unexpected<Failure> films_are_damaged(const std::string& words);

/// Of a list of backups: "verified", when and how thoroughly; "damaged"; "–" where nobody looked.
std::string last_look(const recovery::Survey& survey, recovery::BackupId backup);

}  // namespace syncwatch::apps
