#include "relay/control.h"

#include <limits>
#include <optional>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/result.h"

namespace syncwatch::relay {
namespace {

namespace json = boost::json;

constexpr double kMostMilliseconds = 3'600'000;

tl::unexpected<Error> wrong(std::string message) {
    return fail(ErrorCode::InvalidInput, std::move(message));
}

/// Leaves `to` alone if the field is not there.
Result<> read_number(const json::object& line, std::string_view name, double most, double& to) {
    const json::value* found = line.if_contains(name);
    if (found == nullptr) return {};
    boost::system::error_code failed;
    const double value = found->to_number<double>(failed);
    if (failed || !(value >= 0 && value <= most)) {
        return wrong(std::string(name) + " is out of range");
    }
    to = value;
    return {};
}

Result<> read_duration(const json::object& line, std::string_view name, Duration& to) {
    using Milliseconds = std::chrono::duration<double, std::milli>;
    double value = Milliseconds(to).count();
    SW_CHECK(read_number(line, name, kMostMilliseconds, value));
    to = std::chrono::duration_cast<Duration>(Milliseconds(value));
    return {};
}

std::string word(const json::object& line, std::string_view name, std::string_view otherwise) {
    const json::value* found = line.if_contains(name);
    if (found == nullptr) return std::string(otherwise);
    return found->is_string() ? std::string(found->get_string()) : std::string();
}

/// nullopt: both.
Result<std::optional<Direction>> read_direction(const json::object& line) {
    const std::string name = word(line, "direction", "both");
    if (name == "both") return std::optional<Direction>();
    if (name == "up") return std::optional(Direction::Up);
    if (name == "down") return std::optional(Direction::Down);
    return wrong("direction is up, down or both");
}

Result<Conditions> changed(Conditions conditions, const json::object& line) {
    SW_CHECK(read_duration(line, "delay_ms", conditions.delay));
    SW_CHECK(read_duration(line, "jitter_ms", conditions.jitter));
    SW_CHECK(read_duration(line, "pause_ms", conditions.pause));
    SW_CHECK(read_number(line, "loss", 1, conditions.loss));
    auto rate = static_cast<double>(conditions.bytes_per_second);
    SW_CHECK(read_number(line, "bytes_per_second", 1e12, rate));
    conditions.bytes_per_second = static_cast<std::uint64_t>(rate);
    return conditions;
}

Result<> set(FaultRelay& relay, const json::object& line) {
    SW_TRY(const auto only, read_direction(line));
    for (const Direction direction : {Direction::Up, Direction::Down}) {
        if (only && *only != direction) continue;
        SW_TRY(const auto conditions, changed(relay.conditions(direction), line));
        relay.set_conditions(direction, conditions);
    }
    return {};
}

Result<> cut(FaultRelay& relay, const json::object& line) {
    const std::string how = word(line, "how", "");
    SW_TRY(const auto only, read_direction(line));
    if (how == "silent") {
        relay.cut(FaultRelay::Cut::Silent, only);
    } else if (how == "reset") {
        relay.cut(FaultRelay::Cut::Reset);
    } else {
        return wrong("how is reset or silent");
    }
    return {};
}

Result<> retarget(FaultRelay& relay, const json::object& line) {
    double port = 0;
    SW_CHECK(read_number(line, "port", std::numeric_limits<std::uint16_t>::max(), port));
    if (port < 1) return wrong("port is missing");
    relay.set_target(static_cast<std::uint16_t>(port));
    return {};
}

void add_stats(const FaultRelay& relay, json::object& answer) {
    const auto stats = relay.stats();
    answer["connections"] = stats.connections;
    answer["open"] = stats.open;
    answer["bytes_up"] = stats.bytes_up;
    answer["bytes_down"] = stats.bytes_down;
    answer["stalls"] = stats.stalls;
    answer["dropped"] = stats.dropped;
}

Result<> perform(FaultRelay& relay, const json::object& line, json::object& answer) {
    const std::string what = word(line, "do", "");
    if (what == "set") return set(relay, line);
    if (what == "cut") return cut(relay, line);
    if (what == "target") return retarget(relay, line);
    if (what == "reset") {
        relay.reset();
    } else if (what == "half_open") {
        relay.half_open();
    } else if (what == "heal") {
        relay.heal();
    } else if (what == "stats") {
        add_stats(relay, answer);
    } else {
        return wrong("unknown: do \"" + what + "\"");
    }
    return {};
}

}  // namespace

std::string obey(FaultRelay& relay, std::string_view line) {
    json::object answer;
    boost::system::error_code broken;
    const json::value parsed = json::parse(line, broken);
    Result<> done;
    if (broken || !parsed.is_object()) {
        done = wrong("no JSON object");
    } else {
        const json::object& object = parsed.get_object();
        if (const json::value* id = object.if_contains("id")) answer["id"] = *id;
        done = perform(relay, object, answer);
    }
    answer["ok"] = done.has_value();
    if (!done) answer["error"] = done.error().message;
    return json::serialize(answer);
}

}  // namespace syncwatch::relay
