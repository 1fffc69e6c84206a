#pragma once
#include <string>
#include <string_view>

namespace syncwatch::postgres {

/// SQL with `?` and `?1` as PostgreSQL numbers them: `$1`, `$2`, … A question mark in a text
/// ('what?') stays one.
std::string numbered(std::string_view sql);

}  // namespace syncwatch::postgres
