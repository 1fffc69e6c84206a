#include "adapters/postgres/result_row.h"

#include <charconv>

#include "base/encoding.h"

namespace syncwatch::postgres {

std::string_view ResultRow::view(int column) const {
    return {PQgetvalue(result_, number_, column),
            static_cast<std::size_t>(PQgetlength(result_, number_, column))};
}

bool ResultRow::is_null(int column) const {
    return PQgetisnull(result_, number_, column) != 0;
}

std::int64_t ResultRow::integer(int column) const {
    const std::string_view text = view(column);
    if (text == "t") return 1;
    std::int64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

double ResultRow::real(int column) const {
    const std::string_view text = view(column);
    double value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

bool ResultRow::boolean(int column) const {
    return integer(column) != 0;
}

std::string ResultRow::text(int column) const {
    return std::string(view(column));
}

std::string ResultRow::blob(int column) const {
    std::string_view text = view(column);
    if (!text.starts_with("\\x")) return {};
    text.remove_prefix(2);
    const auto bytes = decode_hex(text);
    if (!bytes) return {};
    return {bytes->begin(), bytes->end()};
}

}  // namespace syncwatch::postgres
