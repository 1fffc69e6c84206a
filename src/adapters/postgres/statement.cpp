#include "adapters/postgres/statement.h"

#include <cctype>

namespace syncwatch::postgres {

std::string numbered(std::string_view sql) {
    std::string out;
    out.reserve(sql.size() + 16);
    bool quoted = false;
    int next = 1;
    for (std::size_t i = 0; i < sql.size(); ++i) {
        const char c = sql[i];
        if (c == '\'') quoted = !quoted;
        if (c != '?' || quoted) {
            out += c;
            continue;
        }
        out += '$';
        const bool has_number =
            i + 1 < sql.size() && std::isdigit(static_cast<unsigned char>(sql[i + 1])) != 0;
        if (!has_number) out += std::to_string(next++);
    }
    return out;
}

}  // namespace syncwatch::postgres
