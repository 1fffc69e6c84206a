#include "apps/plan/toml_section.h"

#include <utility>

#include <fmt/format.h>

#include "base/quantity.h"

namespace syncwatch::apps {
namespace {

using namespace std::chrono;
using recovery::Finding;
using recovery::Schedule;

constexpr const char* kText = "a text in quotes";
constexpr const char* kSpan = "a span in quotes, as in \"90s\", \"15m\", \"12h\", \"30d\"";
constexpr const char* kSchedule =
    "\"continuous\", \"on change\", \"hourly\", \"hourly :15\", \"every 15m\", \"daily 02:00\" or "
    "\"Sun 02:00\", in UTC";

std::optional<sys_days> parse_date(const std::string& text) {
    const auto time = parse_rfc3339(text + "T00:00:00Z");
    return time ? std::optional(floor<days>(*time)) : std::nullopt;
}

}  // namespace

const toml::node* TomlSection::take(std::string_view key) {
    taken_.emplace(key);
    return table_.get(key);
}

std::string TomlSection::path(std::string_view key) const {
    return name_.empty() ? std::string(key) : fmt::format("{}.{}", name_, key);
}

void TomlSection::fault(std::string_view key, std::string what, std::string hint) {
    faults_.push_back({Finding::Kind::Fault, path(key), std::move(what), std::move(hint)});
}

void TomlSection::misfit(std::string_view key, std::string_view form) {
    fault(key, fmt::format("line {} is not understood", table_.get(key)->source().begin.line),
          fmt::format("It must be {}.", form));
}

std::optional<std::string> TomlSection::text(std::string_view key) {
    const toml::node* node = take(key);
    if (node == nullptr) return std::nullopt;
    if (const auto* text = node->as_string()) return text->get();
    misfit(key, kText);
    return std::nullopt;
}

std::optional<std::uint64_t> TomlSection::count(std::string_view key) {
    const toml::node* node = take(key);
    if (node == nullptr) return std::nullopt;
    const auto* number = node->as_integer();
    if (number != nullptr && number->get() > 0) return static_cast<std::uint64_t>(number->get());
    misfit(key, "a whole number over 0, without quotes");
    return std::nullopt;
}

std::optional<bool> TomlSection::flag(std::string_view key) {
    const toml::node* node = take(key);
    if (node == nullptr) return std::nullopt;
    if (const auto* flag = node->as_boolean()) return flag->get();
    misfit(key, "true or false, without quotes");
    return std::nullopt;
}

std::optional<seconds> TomlSection::span(std::string_view key) {
    const auto words = text(key);
    if (!words) return std::nullopt;
    const auto span = parse_span(*words);
    if (!span) misfit(key, kSpan);
    return span;
}

std::optional<Schedule> TomlSection::schedule(std::string_view key) {
    const auto words = text(key);
    if (!words) return std::nullopt;
    const auto schedule = Schedule::parse(*words);
    if (!schedule) misfit(key, kSchedule);
    return schedule;
}

std::optional<sys_days> TomlSection::date(std::string_view key) {
    const toml::node* node = take(key);
    if (node == nullptr) return std::nullopt;
    if (const auto* date = node->as_date()) {
        const year_month_day civil(year(date->get().year), month(date->get().month),
                                   day(date->get().day));
        return sys_days(civil);
    }
    const auto* words = node->as_string();
    const auto date = words != nullptr ? parse_date(words->get()) : std::nullopt;
    if (!date) misfit(key, "a day, as in \"2027-02-01\"");
    return date;
}

std::vector<std::string> TomlSection::texts(std::string_view key) {
    const toml::node* node = take(key);
    if (node == nullptr) return {};
    std::vector<std::string> texts;
    if (const auto* list = node->as_array()) {
        for (const toml::node& each : *list) {
            if (const auto* text = each.as_string()) texts.push_back(text->get());
        }
        if (texts.size() == list->size()) return texts;
    }
    misfit(key, "a list of texts, as in [\"a\", \"b\"]");
    return {};
}

std::optional<TomlSection> TomlSection::section(std::string_view key) {
    const toml::node* node = take(key);
    if (node == nullptr) return std::nullopt;
    if (const auto* table = node->as_table()) return TomlSection(path(key), *table, faults_);
    misfit(key, fmt::format("a section, as in [{}]", path(key)));
    return std::nullopt;
}

std::vector<TomlSection> TomlSection::sections(std::string_view key) {
    const toml::node* node = take(key);
    if (node == nullptr) return {};
    const auto* list = node->as_array();
    if (list == nullptr || !list->is_homogeneous(toml::node_type::table)) {
        misfit(key, fmt::format("sections of their own, as in [[{}]]", path(key)));
        return {};
    }
    std::vector<TomlSection> sections;
    for (const toml::node& each : *list) {
        sections.push_back(TomlSection(path(key), *each.as_table(), faults_));
    }
    return sections;
}

std::vector<std::string> TomlSection::others() const {
    std::vector<std::string> keys;
    for (const auto& [key, node] : table_) {
        if (!taken_.contains(key.str())) keys.emplace_back(key.str());
    }
    return keys;
}

void TomlSection::refuse_others(std::string_view what_there_is) {
    for (const std::string& key : others()) {
        fault(key, "there is no such entry", fmt::format("There is {}.", what_there_is));
    }
}

}  // namespace syncwatch::apps
