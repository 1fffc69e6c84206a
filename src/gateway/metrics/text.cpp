#include "gateway/metrics/text.h"

#include <cmath>
#include <iterator>

#include <fmt/format.h>

namespace syncwatch::metrics {
namespace {

std::string number(double value) {
    if (std::trunc(value) == value && std::abs(value) < 9e15) {
        return fmt::format("{}", static_cast<std::int64_t>(value));
    }
    return fmt::format("{}", value);
}

void append_escaped(std::string& out, std::string_view text) {
    for (const char c : text) {
        if (c == '\\' || c == '"') {
            out += '\\';
            out += c;
        } else if (c == '\n') {
            out += "\\n";
        } else {
            out += c;
        }
    }
}

}  // namespace

void Text::begin(std::string_view name, std::string_view help, std::string_view type) {
    if (current_ == name) return;
    current_ = name;
    fmt::format_to(std::back_inserter(text_), "# HELP {} {}\n# TYPE {} {}\n", name, help, name,
                   type);
}

void Text::sample(std::string_view name, std::string_view suffix, double value, Labels labels,
                  std::string_view bound) {
    text_.append(name).append(suffix);
    char before = '{';
    const auto add = [&](std::string_view key, std::string_view content) {
        text_ += before;
        text_.append(key).append("=\"");
        append_escaped(text_, content);
        text_ += '"';
        before = ',';
    };
    for (const auto& [key, content] : labels) add(key, content);
    if (!bound.empty()) add("le", bound);
    if (before == ',') text_ += '}';
    text_.append(" ").append(number(value)).append("\n");
}

void Text::counter(std::string_view name, std::string_view help, double value, Labels labels) {
    begin(name, help, "counter");
    sample(name, "", value, labels);
}

void Text::gauge(std::string_view name, std::string_view help, double value, Labels labels) {
    begin(name, help, "gauge");
    sample(name, "", value, labels);
}

void Text::histogram(std::string_view name, std::string_view help, std::span<const double> bounds,
                     std::span<const std::uint64_t> counts, double sum, Labels labels) {
    begin(name, help, "histogram");
    std::uint64_t so_far = 0;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        so_far += counts[i];
        const std::string bound = i < bounds.size() ? number(bounds[i]) : "+Inf";
        sample(name, "_bucket", static_cast<double>(so_far), labels, bound);
    }
    sample(name, "_sum", sum, labels);
    sample(name, "_count", static_cast<double>(so_far), labels);
}

}  // namespace syncwatch::metrics
