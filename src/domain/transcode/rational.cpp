#include "domain/transcode/rational.h"

#include <charconv>
#include <numeric>

namespace syncwatch {

Rational Rational::of(std::int64_t num, std::int64_t den) {
    if (num <= 0 || den <= 0) return {};
    const std::int64_t common = std::gcd(num, den);
    return {num / common, den / common};
}

std::optional<Rational> Rational::parse(std::string_view text) {
    std::int64_t num = 0;
    std::int64_t den = 1;
    const char* const end = text.data() + text.size();
    auto read = std::from_chars(text.data(), end, num);
    if (read.ec != std::errc()) return std::nullopt;
    if (read.ptr != end) {
        if (*read.ptr != '/' && *read.ptr != ':') return std::nullopt;
        read = std::from_chars(read.ptr + 1, end, den);
        if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
    }
    return of(num, den);
}

std::string Rational::text() const {
    return den == 1 ? std::to_string(num) : std::to_string(num) + "/" + std::to_string(den);
}

}  // namespace syncwatch
