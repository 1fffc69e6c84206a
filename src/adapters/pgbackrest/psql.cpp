#include "adapters/pgbackrest/psql.h"

#include <algorithm>
#include <string_view>

namespace syncwatch::pgbackrest {
namespace {

constexpr char kBetweenColumns = '\x1f';
constexpr char kBetweenRows = '\x1e';

std::vector<std::string> split(std::string_view text, char between) {
    std::vector<std::string> parts;
    for (;;) {
        const std::size_t end = text.find(between);
        parts.emplace_back(text.substr(0, end));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + 1);
    }
}

}  // namespace

Async<std::vector<std::vector<std::string>>> ask_server(const Engine& engine, Door door,
                                                        std::string sql,
                                                        std::chrono::milliseconds deadline) {
    std::vector<std::string> args{"-X",
                                  "-q",
                                  "-t",
                                  "-A",
                                  "-w",
                                  "-v",
                                  "ON_ERROR_STOP=1",
                                  "-F",
                                  std::string(1, kBetweenColumns),
                                  "-R",
                                  std::string(1, kBetweenRows),
                                  "-h",
                                  door.socket.string(),
                                  "-p",
                                  std::to_string(door.port),
                                  "-U",
                                  door.user,
                                  "-d",
                                  door.database,
                                  "-c",
                                  std::move(sql)};
    SW_CO_TRY(program::Ran ran, co_await engine.run_postgres("psql", std::move(args), deadline));
    if (ran.end.code != 0) {
        std::ranges::replace(ran.errors, '\n', ' ');
        Error error;
        error.code = ErrorCode::Unavailable;
        error.component = "backup";
        error.reason = "no_server";
        error.message = "ask PostgreSQL: " + ran.errors;
        co_return fail(std::move(error));
    }
    std::vector<std::vector<std::string>> rows;
    while (!ran.out.empty() && (ran.out.back() == '\n' || ran.out.back() == kBetweenRows)) {
        ran.out.pop_back();
    }
    if (ran.out.empty()) co_return rows;
    for (const std::string& row : split(ran.out, kBetweenRows)) {
        rows.push_back(split(row, kBetweenColumns));
    }
    co_return rows;
}

}  // namespace syncwatch::pgbackrest
