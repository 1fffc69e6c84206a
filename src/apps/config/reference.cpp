#include "apps/config/reference.h"

#include <fmt/format.h>

#include "apps/config/keys.h"

namespace syncwatch::config {
namespace {

std::string example(const Key& key) {
    if (key.kind == Kind::List) return "[]";
    if (key.kind == Kind::Text) return fmt::format("\"{}\"", key.fallback);
    return std::string(key.fallback);
}

void add(std::string& out, const Key& key) {
    const std::string suffix = key.secret ? "_file" : "";
    const std::string fallback = key.fallback.empty() ? "" : fmt::format("`{}`", example(key));
    std::string must(key.right);
    std::string variable = fmt::format("`{}`", key.environment());
    if (key.secret) variable += fmt::format(" or `{}_FILE`", key.environment());
    out += fmt::format("| `{}{}` | {} | {} Must be {}. | {} |\n", key.name, suffix, fallback,
                       key.help, must, variable);
}

}  // namespace

std::string reference() {
    std::string out;
    std::string_view section;
    for (const Key& key : keys()) {
        if (key.section() != section) {
            section = key.section();
            out += fmt::format(
                "\n## `[{}]`\n\n| key | default | what it is | variable |\n|---|---|---|---|\n",
                section);
        }
        add(out, key);
    }
    return out;
}

}  // namespace syncwatch::config
