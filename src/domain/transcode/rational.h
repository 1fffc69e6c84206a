#pragma once
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace syncwatch {

/// An exact ratio, as media files state frame rates and pixel shapes: 24000/1001. In lowest terms,
/// with a denominator above zero; 0/1 stands for "not known".
struct Rational {
    std::int64_t num = 0;
    std::int64_t den = 1;

    /// Lowest terms; 0/1 where the ratio is none (den 0) or is negative.
    static Rational of(std::int64_t num, std::int64_t den);
    /// "30000/1001", "16:9" or "25". nullopt for anything else.
    static std::optional<Rational> parse(std::string_view text);

    bool is_known() const { return num > 0; }
    double value() const { return static_cast<double>(num) / static_cast<double>(den); }
    Rational times(std::int64_t factor) const { return of(num * factor, den); }
    Rational over(std::int64_t divisor) const { return of(num, den * divisor); }
    std::string text() const;
    bool operator==(const Rational&) const = default;
};

}  // namespace syncwatch
