#pragma once
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "adapters/sql/row.h"
#include "adapters/sql/value.h"

namespace syncwatch::transfer {

/// How SQLite keeps a column: what both databases are compared by.
enum class Form : std::uint8_t { Integer, Real, Text, Blob };

struct Column {
    std::string name;
    Form form = Form::Text;
};

struct Bytes {
    std::string bytes;
    bool operator==(const Bytes&) const = default;
};

/// A value on its way, its own owner. Flags are integers.
using Cell = std::variant<std::monostate, std::int64_t, double, std::string, Bytes>;
using Cells = std::vector<Cell>;

Cells read_cells(const sql::Row& row, const std::vector<Column>& columns);

/// Good as long as `cell` is.
sql::Parameter parameter_of(const Cell& cell);

}  // namespace syncwatch::transfer
