#pragma once
#include <map>
#include <string>

#include <gtest/gtest.h>

#include "harness/film_upload.h"
#include "harness/http_client.h"
#include "harness/played_stream.h"
#include "harness/process.h"
#include "harness/room_chat.h"
#include "harness/viewer.h"

namespace syncwatch::harness {

/// What somebody has in an installation, and must have again when it was brought back: an account,
/// a room with its chat, and a film.
class FilmNight {
public:
    /// Makes all of it.
    void begin(const Server& server) {
        HttpClient client(server.port());
        token_ = client.account("alice");
        client.as(token_);
        film_ = upload_film(client, clip("ready.mp4"));
        code_ = client.post("/api/v1/rooms", {{"name", "Film night"}}).text_at("code");
        ASSERT_EQ(enter(server).say("It begins"), "ack");
        expect_ready(client, film_);
        pieces_ = pieces(client);
        ASSERT_GE(pieces_.size(), 2u);
    }
    /// They are in the room.
    Viewer enter(const Server& server) const {
        HttpClient client(server.port());
        return Viewer(client.as(token_), code_);
    }
    const std::string& film() const { return film_; }

    /// Another login, what was said in the room, and the film, byte for byte.
    void expect_back(const Server& server, const Texts& said) const {
        HttpClient client(server.port());
        const auto in = client.post("/api/v1/auth/login",
                                    {{"username", "alice"}, {"password", "correct horse"}});
        ASSERT_EQ(in.status, 200) << in.body;
        client.as(in.text_at("token"));
        EXPECT_EQ(kept_chat(client, code_), said);
        EXPECT_TRUE(pieces(client) == pieces_) << "the film is another one";
    }

private:
    /// What a player gets of the film's first stream, by name.
    std::map<std::string, std::string> pieces(HttpClient& client) const {
        std::map<std::string, std::string> found;
        const std::string master = client.get("/api/v1/videos/" + film_).text_at("master");
        const auto streams = entries(client, master);
        if (streams.empty()) return found;
        for (const std::string& each : entries(client, streams.front())) {
            const auto answer = client.get(each);
            EXPECT_EQ(answer.status, 200) << each;
            found[each.substr(each.rfind('/') + 1)] = answer.body;
        }
        return found;
    }

    std::string token_;
    std::string film_;
    std::string code_;
    std::map<std::string, std::string> pieces_;
};

}  // namespace syncwatch::harness
