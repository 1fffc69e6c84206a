#include <algorithm>

#include <fmt/format.h>
#include <toml++/toml.h>

#include "apps/config/assign.h"
#include "apps/config/keys.h"
#include "apps/config/load.h"
#include "apps/config/values.h"

namespace syncwatch::config {
namespace {

/// A scalar as one would write it on the command line; nullopt: no scalar.
std::optional<std::string> text_of(const toml::node& node) {
    if (const auto* text = node.as_string()) return text->get();
    if (const auto* number = node.as_integer()) return std::to_string(number->get());
    if (const auto* flag = node.as_boolean()) return flag->get() ? "true" : "false";
    return std::nullopt;
}

std::string_view wanted_form(Kind kind) {
    switch (kind) {
        case Kind::Text: return "must be a text in quotes";
        case Kind::Flag: return "must be true or false, without quotes";
        case Kind::Number: return "must be a number, without quotes";
        case Kind::List: return "must be a list of texts, as in [\"a\", \"b\"]";
    }
    return "";
}

/// The words of a value that has the form its key wants; nullopt otherwise.
std::optional<std::vector<std::string>> words_of(const toml::node& node, Kind kind) {
    std::vector<std::string> words;
    if (kind == Kind::List) {
        const auto* list = node.as_array();
        if (list == nullptr) return std::nullopt;
        for (const toml::node& each : *list) {
            const auto* text = each.as_string();
            if (text == nullptr) return std::nullopt;
            words.push_back(text->get());
        }
        return words;
    }
    const bool fits = (kind == Kind::Text && node.is_string()) ||
                      (kind == Kind::Flag && node.is_boolean()) ||
                      (kind == Kind::Number && node.is_integer());
    if (!fits) return std::nullopt;
    words.push_back(*text_of(node));
    return words;
}

std::string unknown(std::string_view name) {
    std::vector<std::string_view> names;
    for (const Key& key : keys()) names.push_back(key.name);
    const std::string_view meant = closest(name, names);
    if (meant.empty()) return "is not a setting: docs/configuration.md lists them all";
    return fmt::format("is not a setting: did you mean {}?", meant);
}

class TomlReader {
public:
    TomlReader(std::string file, Loaded& loaded) : file_(std::move(file)), loaded_(loaded) {}

    void read(const toml::table& file) {
        for (const auto& [name, node] : file) {
            const auto* section = node.as_table();
            if (section == nullptr || !is_section(name.str())) {
                complain(std::string(name.str()), node, misplaced(name.str()));
                continue;
            }
            for (const auto& [key, value] : *section) {
                take(std::string(name.str()) + "." + std::string(key.str()), value);
            }
        }
    }

private:
    static bool is_section(std::string_view name) {
        return std::ranges::any_of(keys(), [&](const Key& key) { return key.section() == name; });
    }

    /// For what stands at the top of the file and is no section of ours.
    static std::string misplaced(std::string_view name) {
        std::vector<std::string_view> sections;
        for (const Key& key : keys()) {
            if (key.name.substr(key.section().size() + 1) == name) {
                return fmt::format("stands outside its section: write it under [{}]",
                                   key.section());
            }
            sections.push_back(key.section());
        }
        const std::string_view meant = closest(name, sections);
        if (meant.empty()) return "is not a section: docs/configuration.md lists them all";
        return fmt::format("is not a section: did you mean [{}]?", meant);
    }

    void take(const std::string& name, const toml::node& node) {
        if (const Key* key = find_key(name); key != nullptr && !key->secret) {
            return take_words(*key, name, node, key->kind);
        }
        if (const Key* key = find_key(name); key != nullptr) {
            return complain(name, node,
                            fmt::format("is a secret: put it into a file and name that in {}_file, "
                                        "or into {}",
                                        name, key->environment()));
        }
        if (const Key* key = find_secret_file(name)) {
            return take_words(*key, name, node, Kind::Text);
        }
        complain(name, node, unknown(name));
    }

    void take_words(const Key& key, const std::string& name, const toml::node& node, Kind kind) {
        const auto words = words_of(node, kind);
        if (!words) return complain(name, node, std::string(wanted_form(kind)));
        Assigner assigner(loaded_);
        if (key.secret) {
            assigner.take_secret_file(key, words->front(), where(node));
        } else {
            assigner.take(key, *words, where(node));
        }
    }

    std::string where(const toml::node& node) const {
        return fmt::format("{}, line {}", file_, node.source().begin.line);
    }
    void complain(const std::string& name, const toml::node& node, std::string what) {
        loaded_.problems.push_back({name, where(node), std::move(what)});
    }

    const std::string file_;
    Loaded& loaded_;
};

}  // namespace

void read_toml(std::string_view text, const std::string& name, Loaded& loaded) {
    try {
        const toml::table table = toml::parse(text, name);
        TomlReader(name, loaded).read(table);
    } catch (const toml::parse_error& error) {
        Problem problem;
        problem.key = "the file";
        problem.where = fmt::format("{}, line {}", name, error.source().begin.line);
        problem.what = "is not TOML: " + std::string(error.description());
        loaded.problems.push_back(std::move(problem));
    }
}

}  // namespace syncwatch::config
