#include "api/outline.h"

#include <fstream>
#include <optional>
#include <regex>
#include <stdexcept>

namespace syncwatch {
namespace {

struct Line {
    std::size_t indent = 0;
    std::string text;
};

std::optional<Line> line_of(const std::string& raw) {
    const std::size_t indent = raw.find_first_not_of(' ');
    if (indent == std::string::npos || raw[indent] == '#') return std::nullopt;
    return Line{indent, raw.substr(indent)};
}

std::string unquoted(std::string key) {
    if (key.size() >= 2 && key.front() == '\'') return key.substr(1, key.size() - 2);
    return key;
}

}  // namespace

Outline::Outline(const std::string& file) {
    std::ifstream in(file);
    if (!in) throw std::runtime_error("no " + file);
    static const std::regex entry(R"(^('[^']+'|[^\s:'"\-\[{][^\s:]*):(?: (.*))?$)");
    std::vector<std::pair<std::size_t, std::string>> open;  // The keys that this line is below.
    std::optional<std::size_t> prose;                       // Lines deeper than this are text.
    for (std::string raw; std::getline(in, raw);) {
        const auto line = line_of(raw);
        if (!line) continue;
        if (prose && line->indent > *prose) continue;
        prose.reset();
        while (!open.empty() && open.back().first >= line->indent) open.pop_back();
        Path path;
        for (const auto& [indent, key] : open) path.push_back(key);
        if (line->text.starts_with("- ")) {
            items_[path].push_back(line->text.substr(2));
            // What is below an item is not below the list's key.
            open.emplace_back(line->indent, "-");
            continue;
        }
        std::smatch found;
        if (!std::regex_match(line->text, found, entry)) continue;
        path.push_back(unquoted(found[1]));
        values_[path] = found[2];
        open.emplace_back(line->indent, path.back());
        if (found[2] == "|" || found[2] == ">") prose = line->indent;
    }
}

std::set<std::string> Outline::keys(const Path& path) const {
    std::set<std::string> found;
    for (const auto& [each, text] : values_) {
        const bool below =
            each.size() == path.size() + 1 && std::equal(path.begin(), path.end(), each.begin());
        if (below) found.insert(each.back());
    }
    return found;
}

std::string Outline::value(const Path& path) const {
    const auto found = values_.find(path);
    return found == values_.end() ? std::string() : found->second;
}

std::set<std::string> Outline::words(const Path& path) const {
    std::set<std::string> found;
    const auto items = items_.find(path);
    if (items != items_.end()) found.insert(items->second.begin(), items->second.end());
    const std::string list = value(path);
    static const std::regex word(R"([A-Za-z_]+)");
    for (std::sregex_iterator it(list.begin(), list.end(), word), end; it != end; ++it) {
        found.insert(it->str());
    }
    return found;
}

std::vector<std::string> Outline::references(const Path& path) const {
    std::vector<std::string> found;
    const auto items = items_.find(path);
    if (items == items_.end()) return found;
    static const std::regex name("schemas/(\\w+)");
    for (const std::string& each : items->second) {
        std::smatch match;
        if (std::regex_search(each, match, name)) found.push_back(match[1]);
    }
    return found;
}

}  // namespace syncwatch
