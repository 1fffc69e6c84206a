#include "apps/command/set_words.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include <boost/json/array.hpp>

#include "base/quantity.h"

namespace syncwatch::apps {
namespace {

namespace json = boost::json;
using recovery::SetPart;

std::string remark_of(const SetPart& part) {
    if (part.is_later) return "of later: there is none before";
    if (part.newer) return "the newest is of " + format_rfc3339(*part.newer);
    return {};
}

json::value time_or_null(const std::optional<WallTime>& time) {
    return time ? json::value(format_rfc3339(*time)) : json::value(nullptr);
}

}  // namespace

double seconds_between(WallTime from, WallTime to) {
    return std::max(std::chrono::duration<double>(to - from).count(), 0.0);
}

std::vector<std::vector<std::string>> set_rows(const recovery::RecoverySet& set) {
    std::vector<std::vector<std::string>> rows;
    for (const SetPart& each : set.parts) {
        const auto behind = set.behind(each);
        const std::string lost =
            !behind                ? "all of it"
            : behind->count() == 0 ? "nothing"
            : each.component == "config" || each.component == "secrets"
                ? "nothing, if nothing was changed since"
                : "up to " + format_span(std::chrono::duration<double>(*behind).count());
        rows.push_back({each.component, each.as_of ? format_rfc3339(*each.as_of) : "–", lost,
                        remark_of(each)});
    }
    return rows;
}

json::object set_json(const recovery::RecoverySet& set) {
    json::array parts;
    for (const SetPart& each : set.parts) {
        const auto behind = set.behind(each);
        parts.push_back(json::object{
            {"component", each.component},
            {"as_of", time_or_null(each.as_of)},
            {"behind_seconds", behind ? json::value(std::chrono::duration<double>(*behind).count())
                                      : json::value(nullptr)},
            {"later", each.is_later},
            {"newer", time_or_null(each.newer)}});
    }
    return {{"moment", format_rfc3339(set.moment)}, {"parts", std::move(parts)}};
}

}  // namespace syncwatch::apps
