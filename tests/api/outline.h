#pragma once
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace syncwatch {

/// What docs/api.yaml says, as far as its indentation tells: which keys lie below which. Reads
/// block mappings with one key on a line; values are kept as their text.
class Outline {
public:
    using Path = std::vector<std::string>;

    /// Throws std::runtime_error when there is no such file.
    explicit Outline(const std::string& file);

    /// The keys right below a path, as in {"paths", "/api/v1/me"}.
    std::set<std::string> keys(const Path& path) const;
    /// The text behind a key; empty: there is none.
    std::string value(const Path& path) const;
    /// The words of a list right below a path: "[a, b]", or lines of "- a".
    std::set<std::string> words(const Path& path) const;
    /// The names below every "$ref: …/schemas/NAME" in the list at a path.
    std::vector<std::string> references(const Path& path) const;

private:
    std::map<Path, std::string> values_;
    std::map<Path, std::vector<std::string>> items_;
};

}  // namespace syncwatch
