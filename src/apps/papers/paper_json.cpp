#include <boost/json/array.hpp>

#include "apps/papers/render.h"

namespace syncwatch::apps {
namespace {

namespace json = boost::json;

json::array texts(const std::vector<std::string>& all) {
    json::array list;
    for (const std::string& each : all) list.emplace_back(each);
    return list;
}

json::value time_value(WallTime time) {
    return time == WallTime{} ? json::value(nullptr) : json::value(format_rfc3339(time));
}

template <class Span>
json::value seconds_value(const std::optional<Span>& span) {
    if (!span) return nullptr;
    return std::chrono::duration<double>(*span).count();
}

json::array steps_json(const std::vector<Step>& steps) {
    json::array list;
    for (const Step& each : steps) {
        list.push_back(json::object{{"words", each.words}, {"commands", texts(each.commands)}});
    }
    return list;
}

json::object promise_json(const Promise& promise) {
    const bool tested = promise.tested != WallTime{};
    return {
        {"part", promise.part},
        {"component", promise.component},
        {"promised_seconds", seconds_value(promise.time)},
        {"promised_loss_seconds", seconds_value(promise.loss)},
        {"loss_seconds", seconds_value(promise.loses_now)},
        {"recovery_seconds", seconds_value(promise.takes_now)},
        {"tested", time_value(promise.tested)},
        {"test_seconds", seconds_value(tested ? std::optional(promise.test_took) : std::nullopt)},
        {"test_bytes", promise.test_bytes},
        {"verdict", promise.verdict}};
}

json::object kept_json(const Kept& kept) {
    return {{"component", kept.component},
            {"runs", kept.runs},
            {"where", kept.where},
            {"kept", kept.how_long},
            {"storage_class", kept.storage_class},
            {"newest", time_value(kept.newest)},
            {"verified", time_value(kept.verified)}};
}

json::array carried_out_json(const std::vector<recovery::CarriedOut>& all) {
    json::array list;
    for (const auto& each : all) {
        list.push_back(json::object{{"at", format_rfc3339(each.at)},
                                    {"seconds", std::chrono::duration<double>(each.took).count()},
                                    {"by", each.by},
                                    {"remark", each.remark}});
    }
    return list;
}

json::object procedure_json(const Procedure& procedure) {
    return {{"name", procedure.name},
            {"title", procedure.title},
            {"signs", texts(procedure.signs)},
            {"effect", procedure.effect},
            {"decision", procedure.decision},
            {"promised", procedure.promised},
            {"expected", procedure.expected},
            {"carried_out", carried_out_json(procedure.carried_out)},
            {"steps", steps_json(procedure.steps)},
            {"checks", steps_json(procedure.checks)},
            {"way_back", procedure.way_back}};
}

}  // namespace

json::object paper_json(const Paper& paper) {
    json::array promises;
    for (const Promise& each : paper.promises) promises.push_back(promise_json(each));
    json::array kept;
    for (const Kept& each : paper.kept) kept.push_back(kept_json(each));
    json::array contacts;
    for (const auto& each : paper.contacts) {
        contacts.push_back(
            json::object{{"role", each.role}, {"name", each.name}, {"reach", each.reach}});
    }
    json::array procedures;
    for (const Procedure& each : paper.procedures) procedures.push_back(procedure_json(each));
    return {{"installation", paper.installation},
            {"made", format_rfc3339(paper.made)},
            {"version", paper.version},
            {"plan", paper.plan},
            {"missing", texts(paper.missing)},
            {"promises", std::move(promises)},
            {"kept", std::move(kept)},
            {"places", texts(paper.places)},
            {"contacts", std::move(contacts)},
            {"procedures", std::move(procedures)}};
}

}  // namespace syncwatch::apps
