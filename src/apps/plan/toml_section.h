#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <toml++/toml.h>

#include "recovery/plan/plan.h"

namespace syncwatch::apps {

/// A table of a plan file, read key by key. What is not of the form that a key wants, and in the
/// end every key that nobody asked for, becomes a fault.
class TomlSection {
public:
    /// `name`: "backup.redis", empty for the file itself.
    TomlSection(std::string name, const toml::table& table, std::vector<recovery::Finding>& faults)
        : name_(std::move(name)), table_(table), faults_(faults) {}

    /// Each gives nullopt if the key is not there, or wrong.
    std::optional<std::string> text(std::string_view key);
    std::optional<std::uint64_t> count(std::string_view key);
    std::optional<bool> flag(std::string_view key);
    std::optional<std::chrono::seconds> span(std::string_view key);
    std::optional<recovery::Schedule> schedule(std::string_view key);
    std::optional<std::chrono::sys_days> date(std::string_view key);
    std::vector<std::string> texts(std::string_view key);
    std::optional<TomlSection> section(std::string_view key);
    /// Of `[[key]]`.
    std::vector<TomlSection> sections(std::string_view key);

    bool has(std::string_view key) const { return table_.contains(key); }
    /// Without those that were asked for.
    std::vector<std::string> others() const;
    const std::string& name() const { return name_; }

    void fault(std::string_view key, std::string what, std::string hint);
    void refuse_others(std::string_view what_there_is);

private:
    const toml::node* take(std::string_view key);
    std::string path(std::string_view key) const;
    /// The node is not what was wanted.
    void misfit(std::string_view key, std::string_view form);

    std::string name_;
    const toml::table& table_;
    std::vector<recovery::Finding>& faults_;
    std::set<std::string, std::less<>> taken_;
};

}  // namespace syncwatch::apps
