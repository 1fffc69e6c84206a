#pragma once
#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "harness/http_client.h"

namespace syncwatch::harness {

using Texts = std::vector<std::string>;

/// What stands in messages, in their order.
inline Texts texts_of(const boost::json::value& messages) {
    Texts texts;
    for (const auto& each : messages.as_array()) texts.emplace_back(each.at("text").as_string());
    return texts;
}

/// What the database has of a room's chat; nothing: it does not answer.
inline Texts kept_chat(HttpClient& who, const std::string& code) {
    const auto answer = who.get("/api/v1/rooms/" + code + "/messages?limit=100");
    return answer.status == 200 ? texts_of(answer.json().at("messages")) : Texts();
}

}  // namespace syncwatch::harness
