#include "runbooks/runbook.h"

#include <algorithm>
#include <fstream>
#include <stdexcept>
#include <string_view>

namespace syncwatch::runbooks {
namespace {

/// What the comment says; empty: it is none for us.
std::string_view note_in(std::string_view line) {
    constexpr std::string_view kBegin = "<!-- test: ";
    constexpr std::string_view kEnd = " -->";
    if (!line.starts_with(kBegin) || !line.ends_with(kEnd)) return {};
    line.remove_prefix(kBegin.size());
    line.remove_suffix(kEnd.size());
    return line;
}

void heed(std::string_view note, Fence& fence) {
    constexpr std::string_view kExits = "exits ";
    constexpr std::string_view kInstead = "instead: ";
    if (note.empty()) return;
    if (note == "skip") {
        fence.skip = true;
    } else if (note == "until it succeeds") {
        fence.again = true;
    } else if (note.starts_with(kExits)) {
        fence.exit = std::stoi(std::string(note.substr(kExits.size())));
    } else if (note.starts_with(kInstead)) {
        fence.instead = note.substr(kInstead.size());
    } else {
        throw std::runtime_error("no test understands: " + std::string(note));
    }
}

}  // namespace

std::vector<Fence> read_runbook(const std::filesystem::path& page) {
    std::ifstream in(page);
    if (!in) throw std::runtime_error("there is no page " + page.string());
    std::vector<Fence> fences;
    std::string section;
    std::string note;
    bool inside = false;
    int number = 0;
    for (std::string whole; std::getline(in, whole);) {
        ++number;
        const std::string line = whole.substr(std::min(whole.find_first_not_of(' '), whole.size()));
        if (!inside && line.starts_with("## ")) section = line.substr(3);
        if (!inside && line == "```sh") {
            inside = true;
            fences.push_back({section, {}, number, 0, false, false, {}});
            heed(note, fences.back());
            note.clear();
        } else if (inside && line == "```") {
            inside = false;
        } else if (inside) {
            fences.back().script += line + "\n";
        } else {
            note = note_in(line);
        }
    }
    return fences;
}

}  // namespace syncwatch::runbooks
