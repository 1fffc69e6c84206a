#include "domain/media/title.h"

#include <algorithm>

#include "domain/account/names.h"
#include "domain/media/video.h"

namespace syncwatch {
namespace {

/// ".mkv" and its like: a dot behind something, then two to five ASCII letters and digits, with a
/// letter among them. ("Fahrenheit 9.11" has none.)
bool is_extension(std::string_view text) {
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    const auto fits = [&](char c) { return letter(c) || (c >= '0' && c <= '9'); };
    return text.size() >= 2 && text.size() <= 5 && std::ranges::all_of(text, fits) &&
           std::ranges::any_of(text, letter);
}

}  // namespace

std::string title_of_file(std::string_view filename) {
    const std::size_t slash = filename.find_last_of("/\\");
    if (slash != std::string_view::npos) filename.remove_prefix(slash + 1);
    const std::size_t dot = filename.rfind('.');
    if (dot != std::string_view::npos && dot > 0 && is_extension(filename.substr(dot + 1))) {
        filename = filename.substr(0, dot);
    }
    const bool only_dots = filename.find_first_not_of('.') == std::string_view::npos;
    std::string title =
        only_dots ? std::string() : presentable_name(filename, Video::kMaxTitleCharacters);
    return title.empty() ? "Untitled" : title;
}

Result<std::string> valid_title(std::string_view typed) {
    return valid_display_name(typed, "title", Video::kMaxTitleCharacters);
}

}  // namespace syncwatch
