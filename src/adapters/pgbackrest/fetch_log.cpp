#include "adapters/pgbackrest/fetch_log.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <memory>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include "adapters/pgbackrest/failure.h"
#include "adapters/pgbackrest/log_listing.h"
#include "adapters/pgbackrest/read_log.h"
#include "adapters/pgbackrest/stored_sums.h"
#include "domain/wal/page_header.h"

namespace syncwatch::pgbackrest {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

/// What PostgreSQL asks for: segments, histories, and labels of backups.
bool is_name_of_log(std::string_view name) {
    constexpr std::size_t kLongestName = 40;
    if (name.size() > kLongestName || name.size() < 16) return false;
    return name.find_first_not_of("0123456789ABCDEFabcdefhistoryukp.") == std::string_view::npos;
}

/// One file of the log that is wanted, and how it is asked for.
struct Wish {
    fs::path data;
    std::string name;
    fs::path to;
    std::chrono::milliseconds deadline;
    std::string io_timeout;  ///< An option: pgBackRest itself tries again until then.
};

/// What the first page of a segment says that its name does not; empty: nothing. Where a timeline
/// begins, its first segment is that of the one before up to there.
std::string contradiction(const Wish& wish) {
    const auto segment = wal::Segment::parse(wish.name);
    std::ifstream in(wish.to, std::ios::binary);
    std::array<char, wal::PageHeader::kBytes> bytes{};
    in.read(bytes.data(), bytes.size());
    const auto header = wal::PageHeader::read({bytes.data(), bytes.size()});
    if (!segment || !header) return "it does not begin as a segment of the log";
    if (header->at != segment->begin()) {
        return fmt::format("its pages are those of {}", wal::text(header->at));
    }
    if (header->timeline > segment->timeline) {
        return fmt::format("it is of timeline {}", header->timeline);
    }
    std::ifstream control(wish.data / "global" / "pg_control", std::ios::binary);
    std::uint64_t system = 0;
    control.read(reinterpret_cast<char*>(&system), sizeof(system));
    if (control && system != header->system) {
        return fmt::format("it is of the database {}", header->system);
    }
    return {};
}

Async<Fetched> fetch_from(const Engine& engine, std::size_t repository, Wish wish) {
    std::error_code ignored;
    fs::remove(wish.to, ignored);
    Engine::Call call;
    call.doing = "bring " + wish.name;
    call.args = {repository_option(repository),
                 wish.io_timeout,
                 "--pg1-path=" + wish.data.string(),
                 "--no-archive-async",
                 "archive-get",
                 wish.name,
                 wish.to.string()};
    call.deadline = wish.deadline;
    SW_CO_TRY(const program::Ran ran, co_await engine.run(std::move(call)));
    // What could not be unpacked is left behind half done.
    if (ran.end.code != 0) fs::remove(wish.to, ignored);
    // Together with a warning it means that somebody did not answer.
    if (ran.end.code == 1 && own_words(ran.errors).empty()) co_return Fetched::Absent;
    if (ran.end.code != 0) co_return fail(failure_of("bring " + wish.name, ran));
    if (!wal::Segment::parse(wish.name)) co_return Fetched::Found;
    std::vector<std::string> options{wish.io_timeout};
    const auto sums =
        co_await stored_sums(engine, repository, wish.name, std::move(options), wish.deadline);
    auto have = sha1_of(wish.to);
    const bool is_good = sums && have && std::ranges::find(*sums, *have) != sums->end();
    const std::string strange = is_good ? contradiction(wish) : "";
    if (is_good && strange.empty()) co_return Fetched::Found;
    // It must not be taken for good by whoever looks at the folder later.
    fs::remove(wish.to, ignored);
    if (!sums) co_return fail(sums.error());
    if (!have) co_return fail(have.error());
    const std::string& where = engine.options().repositories[repository].name;
    if (!strange.empty()) {
        co_return fail(ErrorCode::Corrupt,
                       fmt::format("{} in {} is another: {}", wish.name, where, strange));
    }
    co_return fail(
        ErrorCode::Corrupt,
        fmt::format("{} is damaged in {}: its bytes are not those that its name stands for",
                    wish.name, where));
}

/// Whether a repository has what comes after a segment, and what comes before: then it is no end.
Async<> look_for_hole(const Engine& engine, wal::Segment segment) {
    bool has_any = false;
    for (std::size_t i = 0; i < engine.options().repositories.size(); ++i) {
        SW_CO_TRY(const DatabaseBackups::Log log, co_await read_log(engine, i));
        for (const DatabaseBackups::Timeline& each : log) {
            has_any = has_any || !each.held.empty();
            if (each.number != segment.timeline || each.held.empty()) continue;
            const bool is_inside =
                each.held.front().from <= segment.begin() && segment.end() <= each.held.back().to;
            if (!is_inside) continue;
            co_return fail(ErrorCode::Corrupt,
                           segment.name() +
                               " is missing in the middle of the log: what comes "
                               "after it is there");
        }
    }
    if (has_any) co_return Result<>();
    co_return fail(ErrorCode::Corrupt, "the repositories have no piece of the log at all");
}

/// Asks each repository once.
Async<Fetched> fetch_once(const Engine& engine, Wish wish) {
    Result<> trouble;
    for (std::size_t i = 0; i < engine.options().repositories.size(); ++i) {
        auto fetched = co_await fetch_from(engine, i, wish);
        if (fetched && *fetched == Fetched::Found) co_return Fetched::Found;
        if (!fetched) trouble = fail(std::move(fetched).error());
    }
    if (!trouble) co_return fail(trouble.error());
    if (const auto segment = wal::Segment::parse(wish.name)) {
        SW_CO_CHECK(co_await look_for_hole(engine, *segment));
    }
    co_return Fetched::Absent;
}

}  // namespace

Async<Fetched> fetch_log(const Engine& engine, fs::path data, std::string name, fs::path to,
                         std::chrono::milliseconds patience) {
    if (!is_name_of_log(name)) {
        co_return fail(ErrorCode::InvalidInput, name + " is no name of a file of the log");
    }
    const auto each_call = std::clamp<std::int64_t>(patience.count() / 4000, 1, 60);
    Wish wish{std::move(data), std::move(name), std::move(to), patience + 30s,
              fmt::format("--io-timeout={}", each_call)};
    net::steady_timer timer(co_await net::this_coro::executor);
    net::steady_timer over(timer.get_executor());
    over.expires_after(patience);
    const auto is_over = std::make_shared<bool>(false);
    over.async_wait([is_over](const auto& error) { *is_over = !error; });
    for (auto pause = 250ms;; pause = std::min(pause * 2, 5000ms)) {
        auto fetched = co_await fetch_once(engine, wish);
        if (fetched) co_return *fetched;
        const Error& error = fetched.error();
        const bool may_pass =
            error.reason != "no_pgbackrest" && error.reason != "not_this_database" &&
            error.code != ErrorCode::InvalidInput && error.code != ErrorCode::Forbidden;
        if (!may_pass || *is_over) {
            co_return fail(std::move(fetched).error());
        }
        timer.expires_after(pause);
        co_await timer.async_wait(net::as_tuple(net::use_awaitable));
    }
}

}  // namespace syncwatch::pgbackrest
