#include "domain/media/subtitles/markup.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "domain/media/subtitles/text.h"

namespace syncwatch::subtitles {
namespace {

constexpr std::size_t kMaxDepth = 16;
/// Of a speaker's name; escaped it is still far below kMaxTag.
constexpr std::size_t kMaxAnnotation = 100;
constexpr std::size_t kMaxTag = 1000;

void append_escaped(std::string& out, std::string_view text) {
    for (const char c : text) {
        switch (c) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            default: out += c;
        }
    }
}

constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kReferences = {
    {{"&amp;", "&"},
     {"&lt;", "<"},
     {"&gt;", ">"},
     {"&nbsp;", "\xc2\xa0"},
     {"&lrm;", "\xe2\x80\x8e"},
     {"&rlm;", "\xe2\x80\x8f"}}};

/// The character reference at the front of `text`, or nullptr.
const std::pair<std::string_view, std::string_view>* reference_at(std::string_view text) {
    const auto* found = std::ranges::find_if(
        kReferences, [text](const auto& each) { return text.starts_with(each.first); });
    return found == kReferences.end() ? nullptr : found;
}

std::string unescaped(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const auto* reference = reference_at(text);
        out += reference != nullptr ? reference->second : text.substr(0, 1);
        text.remove_prefix(reference != nullptr ? reference->first.size() : 1);
    }
    return out;
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return out;
}

struct Tag {
    std::string name;  ///< Lower case, without classes.
    bool closes = false;
    std::string_view annotation;
    std::size_t length = 0;  ///< With its brackets.
};

/// The tag at the front of `text`, which begins with '<'. nullopt: that is just a character.
std::optional<Tag> tag_at(std::string_view text) {
    const std::size_t end = text.find_first_of("<>", 1);
    if (end >= std::min(text.size(), kMaxTag) || text[end] == '<') return std::nullopt;
    std::string_view inside = text.substr(1, end - 1);
    Tag tag;
    tag.length = end + 1;
    tag.closes = inside.starts_with('/');
    if (tag.closes) inside.remove_prefix(1);
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    // "<00:01.000>" is a time of karaoke, "</>" and "< 3" are what somebody wrote.
    if (inside.empty() || !(letter(inside.front()) || digit(inside.front()))) return std::nullopt;
    const std::size_t name_end = std::min(inside.find_first_of(" .\t="), inside.size());
    tag.name = lower(inside.substr(0, name_end));
    const std::size_t space = inside.find_first_of(" \t");
    if (space != std::string_view::npos) tag.annotation = trimmed(inside.substr(space));
    return tag;
}

std::string clean_annotation(std::string_view annotation) {
    // Never in the middle of a character.
    std::size_t end = std::min(annotation.size(), kMaxAnnotation);
    while (end > 0 && end < annotation.size() && (annotation[end] & 0xc0) == 0x80) --end;
    std::string clean(annotation.substr(0, end));
    std::ranges::replace(clean, '\n', ' ');
    return std::string(trimmed(clean));
}

bool is_kept(std::string_view name) {
    constexpr std::array<std::string_view, 6> kKept = {"b", "i", "u", "ruby", "rt", "v"};
    return std::ranges::find(kKept, name) != kKept.end();
}

}  // namespace

void Markup::text(std::string_view text) {
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        append_escaped(out_, text.substr(0, end));
        if (end < text.size()) out_ += '\n';
        text.remove_prefix(std::min(text.size(), end + 1));
    }
}

void Markup::write_open(const Open& open) {
    out_ += '<';
    out_ += open.tag;
    if (!open.annotation.empty()) out_ += ' ';
    append_escaped(out_, open.annotation);
    out_ += '>';
}

void Markup::open(std::string_view tag, std::string_view annotation) {
    const bool is_open = std::ranges::find(open_, tag, &Open::tag) != open_.end();
    if (is_open || open_.size() >= kMaxDepth) return;
    Open opened{std::string(tag), clean_annotation(annotation)};
    write_open(opened);
    open_.push_back(std::move(opened));
}

void Markup::close(std::string_view tag) {
    const auto found = std::ranges::find(open_, tag, &Open::tag);
    if (found == open_.end()) return;
    const auto at = static_cast<std::size_t>(found - open_.begin());
    for (std::size_t i = open_.size(); i-- > at;) out_ += "</" + open_[i].tag + ">";
    open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(at));
    for (std::size_t i = at; i < open_.size(); ++i) write_open(open_[i]);
}

std::string Markup::finish() {
    out_.erase(out_.find_last_not_of(" \t\n") + 1);
    while (!open_.empty()) close(std::string(open_.back().tag));
    // An empty line would end the cue.
    std::string clean;
    for (const std::string_view line : lines_of(out_)) {
        const std::string_view kept = trimmed(line);
        if (kept.empty()) continue;
        if (!clean.empty()) clean += '\n';
        clean += kept;
    }
    return clean;
}

void add_tagged_text(Markup& markup, std::string_view text) {
    while (!text.empty()) {
        const std::size_t plain = std::min(text.find_first_of("<&"), text.size());
        markup.text(text.substr(0, plain));
        text.remove_prefix(plain);
        if (text.empty()) return;
        const auto* reference = reference_at(text);
        const auto tag = text.front() == '<' ? tag_at(text) : std::nullopt;
        if (reference != nullptr) {
            markup.text(reference->second);
            text.remove_prefix(reference->first.size());
        } else if (tag) {
            if (is_kept(tag->name) && tag->closes) markup.close(tag->name);
            if (is_kept(tag->name) && !tag->closes) {
                markup.open(tag->name, tag->name == "v" ? unescaped(tag->annotation) : "");
            }
            text.remove_prefix(tag->length);
        } else {
            markup.text(text.substr(0, 1));
            text.remove_prefix(1);
        }
    }
}

}  // namespace syncwatch::subtitles
