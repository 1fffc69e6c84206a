#include "apps/backup/outlook.h"

#include <algorithm>
#include <array>
#include <utility>

#include <boost/json/array.hpp>

#include "base/encoding.h"

namespace syncwatch::apps {
namespace {

namespace json = boost::json;
using recovery::Standing;
using recovery::Window;

/// An hourly snapshot for a week, and some. Of more the newest are told.
constexpr std::size_t kMostWindows = 200;

json::value seconds_json(std::optional<std::chrono::seconds> span) {
    return span ? json::value(span->count()) : json::value(nullptr);
}

json::value seconds_json(std::optional<std::chrono::milliseconds> span) {
    if (!span) return nullptr;
    return std::chrono::duration<double>(*span).count();
}

json::value time_json(WallTime time) {
    return time == WallTime{} ? json::value(nullptr) : json::value(format_rfc3339(time));
}

json::value time_json(std::optional<WallTime> time) {
    return time_json(time.value_or(WallTime{}));
}

json::value text_json(const std::string& text) {
    return text.empty() ? json::value(nullptr) : json::value(text);
}

json::array names_json(const std::vector<std::string>& names) {
    json::array all;
    for (const std::string& each : names) all.emplace_back(each);
    return all;
}

json::value stream_json(const std::optional<recovery::FollowedLog>& stream) {
    if (!stream) return nullptr;
    json::array places;
    for (const auto& each : stream->places) {
        places.push_back(json::object{
            {"name", each.name},
            {"behind_bytes", each.bytes ? json::value(*each.bytes) : json::value(nullptr)},
            {"trouble", text_json(each.trouble)}});
    }
    return json::object{{"active", stream->is_followed},
                        {"slot", stream->slot},
                        {"kept_bytes", stream->kept_bytes},
                        {"kept_bytes_most", stream->kept_most ? json::value(*stream->kept_most)
                                                              : json::value(nullptr)},
                        {"trouble", text_json(stream->trouble)},
                        {"places", std::move(places)}};
}

json::value recoverable_json(const std::vector<Window>& windows) {
    if (windows.empty()) return nullptr;
    json::array newest;
    const std::size_t left_out = windows.size() - std::min(windows.size(), kMostWindows);
    for (std::size_t i = left_out; i < windows.size(); ++i) {
        newest.push_back(json::object{{"from", format_rfc3339(windows[i].from)},
                                      {"to", format_rfc3339(windows[i].to)}});
    }
    return json::object{{"from", format_rfc3339(windows.front().from)},
                        {"to", format_rfc3339(windows.back().to)},
                        {"count", windows.size()},
                        {"windows", std::move(newest)}};
}

}  // namespace

recovery::Summary Outlook::summary() const {
    std::vector<Standing> all;
    for (const ComponentOutlook& each : components) all.push_back(each.standing);
    return recovery::summary_of(all);
}

json::object component_json(const ComponentOutlook& component) {
    const Standing& standing = component.standing;
    const bool is_restored = standing.restored != WallTime{};
    return {
        {"component", standing.component},
        {"part", text_json(standing.part)},
        {"state", std::string(word(component.judgement.state))},
        {"reason", std::string(word(component.judgement.reason))},
        {"detail", text_json(component.detail)},
        {"command", text_json(component.command)},
        {"backed_up", time_json(standing.backed_up)},
        {"verified", time_json(standing.verified)},
        {"restored", time_json(standing.restored)},
        {"restore_seconds",
         is_restored ? seconds_json(std::optional(standing.restore_took)) : json::value(nullptr)},
        {"reaches", time_json(standing.reaches)},
        {"lag_seconds", component.is_followed ? seconds_json(standing.loss) : json::value(nullptr)},
        {"loss_seconds", seconds_json(standing.loss)},
        {"promised_loss_seconds", seconds_json(standing.promised_loss)},
        {"recovery_seconds", seconds_json(standing.time)},
        {"promised_recovery_seconds", seconds_json(standing.promised_time)},
        {"recoverable", recoverable_json(component.windows)},
        {"schedule", text_json(component.schedule)},
        {"on_change", standing.on_change},
        {"next_run", time_json(component.next_run)},
        {"overdue_since", time_json(standing.overdue)},
        {"damaged", standing.damaged},
        {"stream", stream_json(component.stream)},
    };
}

json::object repository_json(const RepositoryOutlook& repository) {
    return {{"name", repository.name},
            {"place", repository.place},
            {"reachable", repository.trouble.empty()},
            {"trouble", text_json(repository.trouble)},
            {"bytes", repository.bytes},
            {"may_delete", repository.may_delete}};
}

json::object outlook_json(const Outlook& outlook) {
    const recovery::Summary summary = outlook.summary();
    json::array components;
    for (const ComponentOutlook& each : outlook.components) {
        components.push_back(component_json(each));
    }
    json::array repositories;
    for (const RepositoryOutlook& each : outlook.repositories) {
        repositories.push_back(repository_json(each));
    }
    return {{"as_of", format_rfc3339(outlook.at)},
            {"leader", outlook.leader ? json::value(*outlook.leader) : json::value(nullptr)},
            {"summary", json::object{{"loss_seconds", seconds_json(summary.loss)},
                                     {"recovery_seconds", seconds_json(summary.time)},
                                     {"gone", names_json(summary.gone)},
                                     {"unmeasured", names_json(summary.unmeasured)},
                                     {"away", names_json(summary.away)}}},
            {"components", std::move(components)},
            {"repositories", std::move(repositories)}};
}

std::string lease_holder(const std::string& node, const std::string& process) {
    return node + " " + process;
}

std::string lease_holder(const std::string& node, Random& random) {
    constexpr std::size_t kBytes = 8;
    std::array<std::uint8_t, kBytes> life;
    random.fill(life);
    return lease_holder(node, encode_hex(life));
}

std::string node_of_holder(const std::string& holder) {
    return holder.substr(0, holder.rfind(' '));
}

}  // namespace syncwatch::apps
