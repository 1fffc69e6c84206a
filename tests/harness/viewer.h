#pragma once
#include <chrono>
#include <memory>
#include <string>

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include "harness/http_client.h"
#include "harness/websocket_client.h"

namespace syncwatch::harness {

/// The address for a socket into the room, which any node takes.
inline std::string join_room(HttpClient& who, const std::string& code) {
    const auto joined = who.post("/api/v1/rooms/" + code + "/join", boost::json::object());
    EXPECT_EQ(joined.status, 200) << joined.body;
    return joined.text_at("ws");
}

/// Somebody in the room, at one node.
class Viewer {
public:
    /// Where they join.
    Viewer(HttpClient& who, const std::string& code) : Viewer(who.to(), join_room(who, code)) {}
    /// By the address that a join gave, perhaps another node's.
    Viewer(const ClientStream::Options& to, const std::string& ws) {
        socket = std::make_unique<WebSocketClient>(to, ws);
        socket->send({{"type", "hello"}, {"protocol", 1}});
        welcome = socket->receive_type("welcome");
        EXPECT_FALSE(welcome.is_null());
    }
    /// Asks for something; gives what it was answered.
    std::string ask(boost::json::object frame) {
        const boost::json::value id(std::to_string(++asked_));
        frame["id"] = id;
        socket->send(frame);
        for (auto answer = socket->receive(); answer; answer = socket->receive()) {
            const auto read = boost::json::parse(*answer);
            if (read.at("type") == "ack" && read.at("id") == id) return "ack";
            if (read.at("type") == "error") return *answer;
        }
        return "nothing";
    }
    std::string say(const std::string& text) { return ask({{"type", "chat"}, {"text", text}}); }
    /// Waits for a message of that type that `is_it`.
    template <class Question>
    bool hears(const char* type, Question is_it) {
        for (;;) {
            const auto heard = socket->receive_type(type, std::chrono::seconds(15));
            if (heard.is_null() || is_it(heard)) return !heard.is_null();
        }
    }
    /// A reaction is kept nowhere: it comes over the bus or not at all.
    bool hears_reaction(double position) {
        return hears("react", [position](const auto& frame) {
            return !frame.at("position").is_null() &&
                   frame.at("position").template to_number<double>() == position;
        });
    }
    bool hears_playback(bool paused) {
        return hears("playback", [paused](const auto& frame) {
            return frame.at("playback").at("paused") == paused &&
                   !frame.at("playback").at("item").is_null();
        });
    }
    bool hears_chat(const char* text) {
        return hears("chat",
                     [text](const auto& frame) { return frame.at("message").at("text") == text; });
    }

    std::unique_ptr<WebSocketClient> socket;
    boost::json::value welcome;

private:
    int asked_ = 0;
};

}  // namespace syncwatch::harness
