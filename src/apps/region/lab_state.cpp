#include "apps/region/lab_state.h"

#include <cerrno>
#include <exception>
#include <fstream>
#include <iterator>
#include <system_error>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_to.hpp>
#include <fmt/format.h>

namespace syncwatch::lab {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

constexpr std::string_view kSchema = "syncwatch.lab/1";

json::array records_json(const std::vector<ProcessRecord>& records) {
    json::array out;
    for (const ProcessRecord& each : records) {
        out.push_back(
            json::object{{"role", each.role}, {"pid", each.pid}, {"started", each.started}});
    }
    return out;
}

ProcessRecord record_of(const json::value& value) {
    return {json::value_to<std::string>(value.at("role")), value.at("pid").to_number<pid_t>(),
            value.at("started").to_number<std::uint64_t>()};
}

LabState state_of(const json::value& value) {
    LabState state;
    if (json::value_to<std::string>(value.at("schema")) != kSchema)
        throw std::runtime_error("another version wrote it");
    state.options.region = value.at("region").as_string().at(0);
    state.options.base_port = value.at("base_port").to_number<std::uint16_t>();
    state.options.nodes = value.at("nodes").to_number<unsigned>();
    state.options.workers = value.at("workers").to_number<unsigned>();
    const bool disk = json::value_to<std::string>(value.at("objects")) == text(ObjectsIn::Disk);
    state.options.objects = disk ? ObjectsIn::Disk : ObjectsIn::Memory;
    for (const auto& [name, records] : value.at("parts").as_object()) {
        auto& processes = state.parts[name];
        for (const auto& each : records.as_array()) processes.push_back(record_of(each));
    }
    return state;
}

}  // namespace

std::string_view text(ObjectsIn objects) {
    return objects == ObjectsIn::Disk ? "disk" : "memory";
}

LabOptions LabWishes::applied_to(LabOptions options) const {
    options.region = region;
    options.base_port = base_port.value_or(options.base_port);
    options.nodes = nodes.value_or(options.nodes);
    options.workers = workers.value_or(options.workers);
    options.objects = objects.value_or(options.objects);
    return options;
}

std::string LabState::json() const {
    json::object processes;
    for (const auto& [name, records] : parts) processes[name] = records_json(records);
    return json::serialize(json::object{{"schema", kSchema},
                                        {"region", std::string(1, options.region)},
                                        {"base_port", options.base_port},
                                        {"nodes", options.nodes},
                                        {"workers", options.workers},
                                        {"objects", text(options.objects)},
                                        {"parts", std::move(processes)}}) +
           "\n";
}

Result<LabState> LabState::parse(std::string_view text) {
    try {
        return state_of(json::parse(json::string_view(text.data(), text.size())));
    } catch (const std::exception& fault) {
        return fail(ErrorCode::Corrupt, fmt::format("not a lab's state: {}", fault.what()));
    }
}

Result<std::optional<LabState>> LabState::load(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) {
        if (errno == ENOENT) return std::optional<LabState>();
        return fail_unavailable("lab", file.string() + " cannot be read", 1s);
    }
    auto parsed = parse(std::string{std::istreambuf_iterator<char>(in), {}});
    if (!parsed) return fail(std::move(parsed).error().within(file.string()));
    return std::optional(*std::move(parsed));
}

Result<> LabState::save(const std::filesystem::path& file) const {
    const std::filesystem::path next = file.string() + ".new";
    std::ofstream out(next, std::ios::binary | std::ios::trunc);
    out << json();
    out.close();
    std::error_code failed;
    if (out) std::filesystem::rename(next, file, failed);
    if (out && !failed) return {};
    return fail_unavailable("lab", file.string() + " cannot be written", 1s);
}

}  // namespace syncwatch::lab
