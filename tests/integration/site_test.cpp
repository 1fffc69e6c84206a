#include <fstream>

#include <gtest/gtest.h>

#include "harness/http_client.h"
#include "harness/process.h"
#include "harness/temp_folder.h"

namespace syncwatch {
namespace {

using harness::HttpClient;

TEST(SiteTest, AFolderIsServedWithThePageForThePathsOfTheApp) {
    TempFolder folder;
    std::filesystem::create_directories(folder.path() / "dist/assets");
    std::ofstream(folder.path() / "dist/index.html") << "<html>";
    std::ofstream(folder.path() / "dist/assets/a-1.js") << "let a;";
    harness::Server::Options options;
    options.arguments = {"--web-dir", (folder.path() / "dist").string()};
    harness::Server server(folder.path() / "data", options);
    HttpClient client(server.port());
    EXPECT_EQ(client.get("/").body, "<html>");
    EXPECT_EQ(client.get("/room/7K3F9-QZ0XM").body, "<html>");
    const auto script = client.get("/assets/a-1.js");
    EXPECT_EQ(script.body, "let a;");
    EXPECT_EQ(script.field("Cache-Control"), "public, max-age=31536000, immutable");
    EXPECT_EQ(client.get("/assets/a-2.js").status, 404);
    EXPECT_EQ(client.get("/%2e%2e/data/syncwatch.db").status, 404);
    EXPECT_EQ(client.get("/api/v1/nothing").text_at("code"), "not_found");
    const auto head = client.request("HEAD", "/", {});
    EXPECT_EQ(head.status, 200);
    EXPECT_EQ(head.field("Content-Length"), "6");
    EXPECT_EQ(head.body, "");
    EXPECT_EQ(client.request("PUT", "/api/v1/me", "{}").field("Allow"), "GET, HEAD, PATCH, DELETE");
}

TEST(SiteTest, TheAppInsideTheProgramIsServed) {
    TempFolder folder;
    harness::Server server(folder.path() / "data");
    HttpClient client(server.port());
    const auto page = client.get("/");
    EXPECT_EQ(page.status, 200);
    EXPECT_EQ(page.field("Content-Type"), "text/html; charset=utf-8");
    EXPECT_EQ(page.field("Cache-Control"), "no-cache");
    if (page.field("ETag").empty()) GTEST_SKIP() << "this build has no web app in it";
    client.with("If-None-Match", page.field("ETag"));
    EXPECT_EQ(client.get("/").status, 304);
    client.with("Accept-Encoding", "br");
    const auto compressed = client.get("/");
    EXPECT_EQ(compressed.field("Content-Encoding"), "br");
    EXPECT_LT(compressed.body.size(), page.body.size());
    EXPECT_NE(compressed.field("ETag"), page.field("ETag"));
}

}  // namespace
}  // namespace syncwatch
