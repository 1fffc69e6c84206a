# Writes the SQL files as a C++ table: cmake -DENGINE=sqlite -DFILES="a.sql;b.sql" -DOUT=schema.cpp -P this
list(SORT FILES)
set(rows "")
foreach(file IN LISTS FILES)
    get_filename_component(name ${file} NAME_WE)
    string(REGEX MATCH "^[0-9]+" number ${name})
    if(NOT number)
        message(FATAL_ERROR "${file}: a schema file is named NNNN_what.sql")
    endif()
    math(EXPR version "${number} + 0" OUTPUT_FORMAT DECIMAL)
    file(READ ${file} sql)
    string(APPEND rows "    {${version}, \"${name}\", R\"sql(${sql})sql\"},\n")
endforeach()
file(WRITE ${OUT}.new "// Generated from schema/*.sql.
#include \"adapters/${ENGINE}/migrate.h\"

namespace syncwatch::${ENGINE} {
namespace {
constexpr sql::Migration kMigrations[] = {
${rows}};
}  // namespace

std::span<const sql::Migration> schema() { return kMigrations; }

}  // namespace syncwatch::${ENGINE}
")
file(RENAME ${OUT}.new ${OUT})
