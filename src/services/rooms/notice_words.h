#pragma once
#include <algorithm>
#include <string_view>

// How notices between nodes are written: a word, then "name=value" parts, with blanks between.

namespace syncwatch {

/// Takes the first word off `text`, and the blank behind it.
inline std::string_view take_word(std::string_view& text) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    return word;
}

/// True for what may stand in a part as it is: every IP address does.
inline bool is_plain(std::string_view text) {
    return text.find_first_not_of("0123456789abcdefABCDEF.:/") == std::string_view::npos;
}

}  // namespace syncwatch
