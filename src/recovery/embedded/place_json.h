#pragma once
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "base/json_text.h"
#include "ports/database_log.h"

namespace syncwatch::recovery {

/// {"epoch":"…16 digits…","frames":12,"checksum":"…16 digits…"}
void write_place(JsonText& out, std::string_view name, const LogPlace& place);
/// Errors: Corrupt.
Result<LogPlace> read_place(const boost::json::object& from, std::string_view name);

}  // namespace syncwatch::recovery
