#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace syncwatch::redis {

/// What INFO says, by its fields' names. Of a name that comes twice the first counts.
class Info {
public:
    explicit Info(std::string_view text);

    /// Empty: it does not say.
    const std::string& text(std::string_view name) const;
    std::optional<std::int64_t> number(std::string_view name) const;
    bool is(std::string_view name, std::string_view value) const { return text(name) == value; }

    struct Database {
        std::uint64_t keys = 0;
        std::uint64_t expiring = 0;
        bool operator==(const Database&) const = default;
    };
    /// By number; those without keys are not there.
    std::map<unsigned, Database> databases() const;
    std::uint64_t keys() const;

private:
    std::map<std::string, std::string, std::less<>> fields_;
};

}  // namespace syncwatch::redis
