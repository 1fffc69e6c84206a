#pragma once
#include <chrono>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "harness/clips.h"
#include "harness/eventually.h"
#include "harness/http_client.h"

namespace syncwatch::harness {

/// Uploads a whole film in one request, which may have more fields; gives the answer to it.
inline HttpAnswer send_film(HttpClient& who, const std::filesystem::path& file,
                            std::vector<std::pair<std::string, std::string>> fields = {}) {
    const std::string bytes = contents_of(file);
    fields.insert(fields.end(),
                  {{"Tus-Resumable", "1.0.0"},
                   {"Upload-Length", std::to_string(bytes.size())},
                   {"Content-Type", "application/offset+octet-stream"},
                   {"Upload-Metadata", "filename " + encode_base64(as_bytes("Film.mp4"))}});
    HttpAnswer sent = who.request("POST", "/api/v1/uploads", bytes, std::move(fields));
    EXPECT_EQ(sent.status, 201) << sent.body;
    return sent;
}

/// Uploads a whole film; gives its id.
inline std::string upload_film(HttpClient& who, const std::filesystem::path& file) {
    return send_film(who, file).field("SyncWatch-Video");
}

/// Waits until everything of a film is made.
inline void expect_ready(HttpClient& who, const std::string& id) {
    const std::string film = "/api/v1/videos/" + id;
    const auto is_ready = [&] { return who.get(film).text_at("status") == "ready"; };
    EXPECT_TRUE(eventually(is_ready, std::chrono::seconds(200))) << who.get(film).body;
}

}  // namespace syncwatch::harness
