#include "apps/transfer/cells.h"

namespace syncwatch::transfer {
namespace {

Cell read_cell(const sql::Row& row, int index, Form form) {
    if (row.is_null(index)) return std::monostate();
    switch (form) {
        case Form::Integer: return row.integer(index);
        case Form::Real: return row.real(index);
        case Form::Text: return row.text(index);
        case Form::Blob: return Bytes{row.blob(index)};
    }
    return std::monostate();
}

struct ToParameter {
    sql::Parameter operator()(std::monostate) const { return sql::Null{}; }
    sql::Parameter operator()(std::int64_t value) const { return value; }
    sql::Parameter operator()(double value) const { return value; }
    sql::Parameter operator()(const std::string& value) const { return std::string_view(value); }
    sql::Parameter operator()(const Bytes& value) const { return sql::Blob{value.bytes}; }
};

}  // namespace

Cells read_cells(const sql::Row& row, const std::vector<Column>& columns) {
    Cells cells;
    cells.reserve(columns.size());
    for (const Column& each : columns) {
        cells.push_back(read_cell(row, static_cast<int>(cells.size()), each.form));
    }
    return cells;
}

sql::Parameter parameter_of(const Cell& cell) {
    return std::visit(ToParameter(), cell);
}

}  // namespace syncwatch::transfer
