#pragma once
#include <string>
#include <string_view>

#include "base/result.h"

namespace syncwatch {

/// What a film is called before anybody says otherwise, from the name of its file: without folders
/// and without the extension. "Untitled" if nothing is left of it.
std::string title_of_file(std::string_view filename);

/// A title that somebody typed. Errors: InvalidInput ("title").
Result<std::string> valid_title(std::string_view typed);

}  // namespace syncwatch
