#include "protocol/http/json_body.h"

#include <algorithm>
#include <cmath>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

namespace syncwatch::http {
namespace {

namespace json = boost::json;

/// Code points in well-formed UTF-8, which is all that the parser lets through.
std::size_t characters(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(
        text, [](char byte) { return (static_cast<unsigned char>(byte) & 0xc0) != 0x80; }));
}

/// Whole numbers as any JSON writer may put them: 50, 50.0 and 5e1 are the same number.
std::optional<std::int64_t> whole_number(const json::value& value) {
    if (const auto* number = value.if_int64()) return *number;
    if (const auto* number = value.if_double()) {
        constexpr double kExact = 9007199254740992.0;  // 2^53
        if (std::abs(*number) <= kExact && std::trunc(*number) == *number) {
            return static_cast<std::int64_t>(*number);
        }
    }
    return std::nullopt;
}

}  // namespace

Result<json::object> parse_json_object(std::string_view body) {
    if (body.empty()) return json::object();
    json::parse_options options;
    options.max_depth = 16;
    boost::system::error_code error;
    json::value value = json::parse(body, error, {}, options);
    if (error) return fail_field("body", "is not JSON: " + error.message());
    if (!value.is_object()) return fail_field("body", "must be a JSON object");
    return std::move(value.as_object());
}

const json::value* FieldReader::present(std::string_view name) const {
    const json::value* value = object_.if_contains(name);
    return value == nullptr || value->is_null() ? nullptr : value;
}

bool FieldReader::is_null(std::string_view name) const {
    const json::value* value = object_.if_contains(name);
    return value != nullptr && value->is_null();
}

std::string FieldReader::text(std::string_view name, TextLimits limits) {
    if (present(name) == nullptr) {
        refuse(name, "is missing");
        return {};
    }
    return optional_text(name, limits).value_or(std::string());
}

std::optional<std::string> FieldReader::optional_text(std::string_view name, TextLimits limits) {
    const json::value* value = present(name);
    if (value == nullptr) return std::nullopt;
    const json::string* text = value->if_string();
    if (text == nullptr) {
        refuse(name, "must be a text");
        return std::nullopt;
    }
    const std::string_view view(text->data(), text->size());
    const std::size_t length = characters(view);
    if (length < limits.least) {
        refuse(name, limits.least == 1 ? std::string("must not be empty")
                                       : fmt::format("needs at least {} characters", limits.least));
    } else if (length > limits.most) {
        refuse(name, fmt::format("may have at most {} characters", limits.most));
    } else if (view.find('\0') != std::string_view::npos) {
        refuse(name, "must not contain the character NUL");
    } else {
        return std::string(view);
    }
    return std::nullopt;
}

std::optional<bool> FieldReader::optional_flag(std::string_view name) {
    const json::value* value = present(name);
    if (value == nullptr) return std::nullopt;
    if (const bool* flag = value->if_bool()) return *flag;
    refuse(name, "must be true or false");
    return std::nullopt;
}

std::optional<std::int64_t> FieldReader::optional_integer(std::string_view name, std::int64_t least,
                                                          std::int64_t most) {
    const json::value* value = present(name);
    if (value == nullptr) return std::nullopt;
    const auto number = whole_number(*value);
    if (number && *number >= least && *number <= most) return number;
    refuse(name, fmt::format("must be a whole number from {} to {}", least, most));
    return std::nullopt;
}

std::optional<double> FieldReader::optional_number(std::string_view name, double least,
                                                   double most) {
    const json::value* value = present(name);
    if (value == nullptr) return std::nullopt;
    if (value->is_number()) {
        const double number = value->to_number<double>();
        if (number >= least && number <= most) return number;
    }
    refuse(name, fmt::format("must be a number from {} to {}", least, most));
    return std::nullopt;
}

void FieldReader::refuse(std::string_view name, std::string message) {
    complaints_.push_back({std::string(name), std::move(message)});
}

void FieldReader::absorb(Error error) {
    if (error.fields.empty()) {
        if (!other_) other_ = std::move(error);
        return;
    }
    for (FieldError& each : error.fields) complaints_.push_back(std::move(each));
}

Result<> FieldReader::verdict() const {
    if (complaints_.empty()) {
        if (other_) return fail(*other_);
        return {};
    }
    Error error;
    error.code = ErrorCode::InvalidInput;
    error.fields = complaints_;
    for (const FieldError& each : complaints_) {
        if (!error.message.empty()) error.message += "; ";
        error.message.append(each.field).append(" ").append(each.message);
    }
    return fail(std::move(error));
}

}  // namespace syncwatch::http
