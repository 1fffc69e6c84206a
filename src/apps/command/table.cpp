#include "apps/command/table.h"

#include <algorithm>
#include <string_view>

namespace syncwatch::apps {
namespace {

/// Columns that a terminal shows; good enough for names, which hold no control characters.
std::size_t width_of(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

}  // namespace

std::string table(const std::vector<std::string>& headings,
                  const std::vector<std::vector<std::string>>& rows) {
    std::vector<std::size_t> widths;
    for (const auto& heading : headings) widths.push_back(width_of(heading));
    for (const auto& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            widths[i] = std::max(widths[i], width_of(row[i]));
        }
    }
    std::string out;
    const auto add = [&](const std::vector<std::string>& cells) {
        if (!out.empty()) out += '\n';
        for (std::size_t i = 0; i < cells.size(); ++i) {
            out += cells[i];
            if (i + 1 < cells.size()) out.append(widths[i] - width_of(cells[i]) + 2, ' ');
        }
    };
    add(headings);
    for (const auto& row : rows) add(row);
    return out;
}

}  // namespace syncwatch::apps
