#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/object.hpp>

#include "base/result.h"

namespace syncwatch::http {

/// The largest JSON body that any call takes, unless it says otherwise.
inline constexpr std::size_t kMaxJsonBody = 64 * 1024;

/// Reads a body as one JSON object (RFC 8259, UTF-8, at most 16 levels deep). An empty body is an
/// empty object. Errors: InvalidInput.
Result<boost::json::object> parse_json_object(std::string_view body);

/// Limits of a text field, in characters (code points).
struct TextLimits {
    std::size_t least = 0;
    std::size_t most = 1024;
};
/// What anybody may type into a field; its own rules come after.
inline constexpr TextLimits kTyped{0, 4096};

/// Reads the fields of a request one by one and keeps every complaint, so that a form can show all
/// of them at once. An optional field that is null counts as absent; fields nobody asks for are
/// ignored. Read everything, then look at verdict(): until then what was read may be a stand-in.
class FieldReader {
public:
    explicit FieldReader(const boost::json::object& object) : object_(object) {}

    /// Empty when missing or wrong. NUL is refused.
    std::string text(std::string_view name, TextLimits limits);
    std::optional<std::string> optional_text(std::string_view name, TextLimits limits);
    std::optional<bool> optional_flag(std::string_view name);
    std::optional<std::int64_t> optional_integer(std::string_view name, std::int64_t least,
                                                 std::int64_t most);
    std::optional<double> optional_number(std::string_view name, double least, double most);

    /// A word from a list, as `parse` knows it: optional_choice("control", parse_control,
    /// "host, moderators or everyone").
    template <class Parse>
    auto optional_choice(std::string_view name, Parse parse, std::string_view allowed)
        -> decltype(parse(std::string_view())) {
        const auto word = optional_text(name, {});
        if (!word) return std::nullopt;
        auto value = parse(std::string_view(*word));
        if (!value) refuse(name, std::string("must be ").append(allowed));
        return value;
    }

    /// True if the field is there and null: how a PATCH takes something away.
    bool is_null(std::string_view name) const;
    bool has(std::string_view name) const { return object_.contains(name); }

    void refuse(std::string_view name, std::string message);

    /// Keeps the fields that `result` complains of; what else went wrong is kept too.
    template <class T>
    std::optional<T> keep(Result<T> result) {
        if (result) return *std::move(result);
        absorb(std::move(result).error());
        return std::nullopt;
    }

    /// Every complaint so far as one error, or success.
    Result<> verdict() const;

private:
    const boost::json::value* present(std::string_view name) const;
    void absorb(Error error);

    const boost::json::object& object_;
    std::vector<FieldError> complaints_;
    std::optional<Error> other_;
};

}  // namespace syncwatch::http
