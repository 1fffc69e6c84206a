#pragma once
#include <string>
#include <vector>

namespace syncwatch::apps {

/// Rows under headings, for people: `table({"NAME", "ADMIN"}, rows)`.
std::string table(const std::vector<std::string>& headings,
                  const std::vector<std::vector<std::string>>& rows);

}  // namespace syncwatch::apps
