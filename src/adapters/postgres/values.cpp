#include "adapters/postgres/values.h"

#include <fmt/format.h>

namespace syncwatch::postgres {
namespace {

constexpr int kText = 0;
constexpr int kBinary = 1;

struct Encode {
    std::string operator()(sql::Null) const { return {}; }
    std::string operator()(std::int64_t value) const { return std::to_string(value); }
    // The shortest text that reads back as the same number.
    std::string operator()(double value) const { return fmt::format("{}", value); }
    std::string operator()(bool value) const { return value ? "t" : "f"; }
    std::string operator()(std::string_view value) const { return std::string(value); }
    std::string operator()(const std::string& value) const { return value; }
    std::string operator()(sql::Blob value) const { return std::string(value.bytes); }
};

}  // namespace

Result<Values> Values::of(std::span<const sql::Parameter> parameters) {
    Values values;
    // Pointers into it are taken: it must not grow afterwards.
    values.kept_.reserve(parameters.size());
    for (const sql::Parameter& each : parameters) {
        const bool is_null = std::holds_alternative<sql::Null>(each);
        const bool is_blob = std::holds_alternative<sql::Blob>(each);
        const std::string& kept = values.kept_.emplace_back(std::visit(Encode(), each));
        if (!is_blob && kept.find('\0') != std::string::npos) {
            return fail(ErrorCode::InvalidInput, "a text holds a NUL byte");
        }
        values.pointers_.push_back(is_null ? nullptr : kept.c_str());
        values.lengths_.push_back(static_cast<int>(kept.size()));
        values.formats_.push_back(is_blob ? kBinary : kText);
    }
    return values;
}

}  // namespace syncwatch::postgres
