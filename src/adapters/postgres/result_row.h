#pragma once
#include <cstdint>
#include <string>

#include <libpq-fe.h>

#include "adapters/sql/row.h"

namespace syncwatch::postgres {

/// A row of a result in text format.
class ResultRow final : public sql::Row {
public:
    ResultRow(const PGresult* result, int number) : result_(result), number_(number) {}

    bool is_null(int column) const override;
    std::int64_t integer(int column) const override;
    double real(int column) const override;
    bool boolean(int column) const override;
    std::string text(int column) const override;
    std::string blob(int column) const override;

private:
    std::string_view view(int column) const;

    const PGresult* result_;
    int number_;
};

}  // namespace syncwatch::postgres
