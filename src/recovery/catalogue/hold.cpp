#include "recovery/catalogue/hold.h"

#include <algorithm>
#include <exception>
#include <utility>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "recovery/catalogue/sealed_text.h"

namespace syncwatch::recovery {
namespace {

namespace json = boost::json;

constexpr std::string_view kHold = "syncwatch.hold/1";
/// What ended is left for so long: somebody may ask why nothing expired.
constexpr auto kHoldShownFor = std::chrono::hours(24);

std::string text_of(const json::object& from, std::string_view name) {
    const json::string& found = from.at(name).as_string();
    return {found.data(), found.size()};
}

/// What comes after the last `separator`, which goes from `text` with it.
std::string_view take_last(std::string_view& text, char separator) {
    const std::size_t at = text.rfind(separator);
    const std::string_view last = at == text.npos ? text : text.substr(at + 1);
    text = at == text.npos ? std::string_view() : text.substr(0, at);
    return last;
}

/// Whoever expires goes by a list. Errors: Unavailable.
Async<> expect_listed(BackupRepository& place, std::string folder, std::string name) {
    SW_CO_TRY(const auto entries, co_await place.list(std::move(folder)));
    const bool is_listed = std::ranges::any_of(
        entries, [&](const BackupRepository::Entry& each) { return each.name == name; });
    if (is_listed) co_return Result<>();
    co_return fail_unavailable("backup", "it was said, and is not listed yet",
                               std::chrono::seconds(5));
}

}  // namespace

std::string write_hold(const Hold& hold) {
    json::object out;
    out["component"] = hold.component;
    out["reader"] = hold.reader.text();
    out["until"] = format_rfc3339(hold.until);
    out["by"] = hold.by;
    return seal(kHold, json::serialize(out));
}

Result<Hold> read_hold(std::string_view text) {
    SW_TRY(const Unsealed unsealed, unseal(kHold, text));
    try {
        const json::value parsed = json::parse(unsealed.content);
        const json::object& from = parsed.as_object();
        Hold hold;
        hold.component = text_of(from, "component");
        hold.by = text_of(from, "by");
        SW_TRY(hold.reader, ReaderId::parse(text_of(from, "reader")));
        SW_TRY(hold.until, parse_rfc3339(text_of(from, "until")));
        return hold;
    } catch (const std::exception& error) {
        return fail(ErrorCode::Corrupt,
                    fmt::format("this version does not understand it ({})", error.what()));
    }
}

std::optional<Hold> hold_named(std::string_view name) {
    constexpr std::string_view kEnd = ".json";
    if (!name.ends_with(kEnd)) return std::nullopt;
    name.remove_suffix(kEnd.size());
    const auto until = time_of_name(take_last(name, '/'));
    const auto reader = ReaderId::parse(take_last(name, '/'));
    const std::string_view component = take_last(name, '/');
    if (!until || !reader || !is_catalogue_word(component)) return std::nullopt;
    return Hold{std::string(component), *reader, *until, "somebody"};
}

Async<std::vector<Hold>> holds_in(BackupRepository& place, std::string folder, WallTime now) {
    SW_CO_TRY(const auto entries, co_await place.list(std::move(folder)));
    std::vector<Hold> holds;
    for (const BackupRepository::Entry& each : entries) {
        auto hold = hold_named(each.name);
        if (!hold || hold->until <= now) continue;
        const auto text = co_await place.read(each.name);
        // It was let go meanwhile.
        if (!text && text.error().code == ErrorCode::NotFound) continue;
        if (text) {
            const auto said = read_hold(*text);
            if (said) hold->by = said->by;
        }
        holds.push_back(*std::move(hold));
    }
    co_return holds;
}

Async<> forget_old_holds(BackupRepository& place, std::string folder, WallTime now) {
    SW_CO_TRY(const auto entries, co_await place.list(std::move(folder)));
    for (const BackupRepository::Entry& each : entries) {
        const auto hold = hold_named(each.name);
        if (!hold || now - hold->until < kHoldShownFor) continue;
        SW_CO_CHECK(co_await place.remove(each.name));
    }
    co_return Result<>();
}

std::string describe(const Hold& hold) {
    return fmt::format("{} reads here, until {} at most", hold.by, format_rfc3339(hold.until));
}

Async<std::vector<Trouble>> Holder::hold_until(WallTime until) {
    until = std::chrono::floor<std::chrono::milliseconds>(until);
    const WallTime before = std::exchange(hold_.until, until);
    const std::string name = names_.hold(hold_.component, hold_.reader.text(), until);
    std::vector<Trouble> missing;
    for (const Place& each : places_) {
        std::string text = write_hold(hold_);
        auto said = co_await each.repository->create(name, std::move(text));
        if (said && before == WallTime{}) {
            std::string folder = names_.holds(hold_.component);
            said = co_await expect_listed(*each.repository, std::move(folder), name);
        }
        if (!said) missing.push_back({each.name, name, said.error().message});
    }
    if (before != WallTime{} && before != until) (void)co_await remove(before);
    co_return missing;
}

net::awaitable<void> Holder::keep(Clock& clock, std::chrono::seconds span) {
    for (;;) {
        co_await clock.sleep_until(clock.now() + span / 6);
        // What could not be said now is said next time: several of them are left.
        (void)co_await hold_until(clock.wall() + span);
    }
}

Async<> Holder::let_go() {
    if (hold_.until == WallTime{}) co_return Result<>();
    const WallTime until = std::exchange(hold_.until, WallTime());
    co_return co_await remove(until);
}

Async<> Holder::remove(WallTime until) {
    const std::string name = names_.hold(hold_.component, hold_.reader.text(), until);
    Result<> all;
    for (const Place& each : places_) {
        auto removed = co_await each.repository->remove(name);
        if (!removed) all = std::move(removed);
    }
    co_return all;
}

}  // namespace syncwatch::recovery
