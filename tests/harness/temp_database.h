#pragma once
#include <memory>
#include <utility>

#include <gtest/gtest.h>

#include "adapters/sqlite/database.h"
#include "harness/must.h"
#include "harness/temp_folder.h"

namespace syncwatch {

/// A SQLite database with the whole schema, in a folder of its own.
class TempDatabase {
public:
    TempDatabase() {
        sqlite::Database::Options options;
        options.path = folder_.path() / "test.db";
        database_ = must(sqlite::Database::open(std::move(options)));
    }

    sql::Database& get() { return *database_; }

private:
    TempFolder folder_;
    std::unique_ptr<sqlite::Database> database_;
};

}  // namespace syncwatch
