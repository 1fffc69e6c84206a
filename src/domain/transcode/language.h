#pragma once
#include <string>
#include <string_view>

namespace syncwatch {

/// The BCP 47 tag for a language as media files name it (ISO 639-2, both its forms, or a tag
/// already): "ger" and "deu" become "de", "pt-BR" stays. Empty when it says nothing ("und", "mul")
/// or is no language tag.
std::string language_tag(std::string_view named);

}  // namespace syncwatch
