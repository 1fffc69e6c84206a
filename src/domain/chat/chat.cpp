#include "domain/chat/chat.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/encoding.h"

namespace syncwatch {
namespace {

constexpr std::size_t kMostReactionCharacters = 16;

/// Code points of well-formed UTF-8.
std::size_t characters(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(
        text, [](char byte) { return (static_cast<unsigned char>(byte) & 0xc0) != 0x80; }));
}

/// True if a control character (C0, DEL, C1) stands in `text` that is not in `allowed`.
bool has_controls(std::string_view text, std::string_view allowed) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if ((byte < 0x20 || byte == 0x7f) && allowed.find(text[i]) == std::string_view::npos) {
            return true;
        }
        const bool is_c1 =
            byte == 0xc2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xa0;
        if (is_c1) return true;
    }
    return false;
}

/// Takes one white space character off the front: those of Unicode, and what is as invisible.
bool skip_blank(std::string_view& text) {
    static constexpr std::string_view kBlanks[] = {" ",
                                                   "\t",
                                                   "\n",
                                                   "\r",
                                                   "\xc2\xa0",
                                                   "\xc2\x85",
                                                   "\xe1\x9a\x80",
                                                   "\xe2\x80\x80",
                                                   "\xe2\x80\x81",
                                                   "\xe2\x80\x82",
                                                   "\xe2\x80\x83",
                                                   "\xe2\x80\x84",
                                                   "\xe2\x80\x85",
                                                   "\xe2\x80\x86",
                                                   "\xe2\x80\x87",
                                                   "\xe2\x80\x88",
                                                   "\xe2\x80\x89",
                                                   "\xe2\x80\x8a",
                                                   "\xe2\x80\x8b",
                                                   "\xe2\x80\x8c",
                                                   "\xe2\x80\x8d",
                                                   "\xe2\x80\xa8",
                                                   "\xe2\x80\xa9",
                                                   "\xe2\x80\xaf",
                                                   "\xe2\x81\x9f",
                                                   "\xe2\x81\xa0",
                                                   "\xe3\x80\x80",
                                                   "\xef\xbb\xbf"};
    static constexpr std::string_view kLeads = " \t\n\r\xc2\xe1\xe2\xe3\xef";
    if (text.empty() || kLeads.find(text.front()) == std::string_view::npos) return false;
    for (const std::string_view blank : kBlanks) {
        if (text.starts_with(blank)) {
            text.remove_prefix(blank.size());
            return true;
        }
    }
    return false;
}

bool is_blank(std::string_view text) {
    while (skip_blank(text)) {
    }
    return text.empty();
}

bool has_blank(std::string_view text) {
    for (; !text.empty(); text.remove_prefix(1)) {
        std::string_view rest = text;
        // U+200D joins emoji; it is no blank here.
        if (!text.starts_with("\xe2\x80\x8d") && skip_blank(rest)) return true;
    }
    return false;
}

}  // namespace

Result<std::string> valid_chat_text(std::string text) {
    if (!is_utf8(text)) return fail_field("text", "must be UTF-8");
    if (is_blank(text)) return fail_field("text", "must say something");
    if (characters(text) > kMostChatCharacters) {
        return fail_field("text",
                          fmt::format("may have at most {} characters", kMostChatCharacters));
    }
    if (has_controls(text, "\t\n\r")) {
        return fail_field("text", "must not contain control characters");
    }
    return text;
}

Result<std::string> valid_reaction(std::string emoji) {
    const bool fits = !emoji.empty() && is_utf8(emoji) &&
                      characters(emoji) <= kMostReactionCharacters && !has_blank(emoji) &&
                      !has_controls(emoji, {});
    if (!fits) return fail_field("emoji", "must be one emoji");
    return emoji;
}

}  // namespace syncwatch
