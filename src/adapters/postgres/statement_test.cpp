#include "adapters/postgres/statement.h"

#include <gtest/gtest.h>

namespace syncwatch::postgres {
namespace {

TEST(NumberedTest, ParametersGetTheirNumbers) {
    struct Row {
        const char* what;
        const char* sql;
        const char* numbered;
    };
    const Row rows[] = {
        {"none", "SELECT 1", "SELECT 1"},
        {"in order", "SELECT ? WHERE a = ? AND b = ?", "SELECT $1 WHERE a = $2 AND b = $3"},
        {"by number", "VALUES (?1, ?2, ?1)", "VALUES ($1, $2, $1)"},
        {"with two digits", "VALUES (?10, ?1)", "VALUES ($10, $1)"},
        {"not in text", "SELECT 'what?', ?, 'it''s ?'", "SELECT 'what?', $1, 'it''s ?'"},
        {"at the end", "LIMIT ?", "LIMIT $1"},
    };
    for (const Row& row : rows) EXPECT_EQ(numbered(row.sql), row.numbered) << row.what;
}

}  // namespace
}  // namespace syncwatch::postgres
