#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "harness/contents_of.h"

namespace syncwatch::room_protocol {

/// One of the messages in tests/fixtures/protocol, which the web app's tests read as well.
struct Golden {
    std::string name;  ///< Of its file, without direction and ending: "chat.reply".
    bool valid = false;
    boost::json::value frame;
};

/// Those that `direction` ("client", "server") says, by name.
inline std::vector<Golden> goldens(const std::string& direction) {
    std::vector<Golden> found;
    const std::filesystem::path folder = std::filesystem::path(SW_FIXTURES) / "protocol";
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        const std::string file = entry.path().stem().string();
        if (entry.path().extension() != ".json" || !file.starts_with(direction + ".")) continue;
        const auto value = boost::json::parse(contents_of(entry.path()));
        found.push_back(
            {file.substr(direction.size() + 1), value.at("valid").as_bool(), value.at("frame")});
    }
    std::ranges::sort(found, {}, &Golden::name);
    return found;
}

}  // namespace syncwatch::room_protocol
