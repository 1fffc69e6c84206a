#include "gateway/static/site.h"

#include <fstream>

#include <gtest/gtest.h>

#include "harness/router_client.h"
#include "harness/temp_folder.h"

namespace syncwatch::http {
namespace {

constexpr EmbeddedFile kFiles[] = {
    {"/assets/app-1a.js", "h1", "plain js", "gzip js", "brotli js"},
    {"/icon.svg", "h2", "<svg/>", "", ""},
    {"/index.html", "h3", "<html>", "gz html", "br html"},
};

class SiteTest : public testing::Test {
protected:
    void serve(std::unique_ptr<Assets> assets) {
        site_ = std::make_unique<Site>(std::move(assets));
        site_->add_to(router_);
    }
    RouterClient client() { return RouterClient(router_); }

    Router router_;
    std::unique_ptr<Site> site_;
};

TEST(SitePolicyTest, APageMayLoadFilmsFromTheStoreWhereTheyComeFromThere) {
    Router router;
    Site site(std::make_unique<EmbeddedAssets>(kFiles), "https://store.example:9000");
    site.add_to(router);
    RouterClient client(router);
    const std::string policy = client.get("/room/ABC").field("Content-Security-Policy");
    EXPECT_NE(policy.find("media-src 'self' blob: https://store.example:9000;"), std::string::npos)
        << policy;
    EXPECT_NE(policy.find("connect-src 'self' https://store.example:9000;"), std::string::npos);
    EXPECT_NE(policy.find("script-src 'self';"), std::string::npos);
}

class EmbeddedSiteTest : public SiteTest {
protected:
    EmbeddedSiteTest() { serve(std::make_unique<EmbeddedAssets>(kFiles)); }
};

TEST_F(EmbeddedSiteTest, HashedFilesMayBeKeptForEverAndThePageIsAskedForAgain) {
    const auto script = client().get("/assets/app-1a.js");
    EXPECT_EQ(script.status, 200);
    EXPECT_EQ(script.text, "plain js");
    EXPECT_EQ(script.field("Content-Type"), "text/javascript; charset=utf-8");
    EXPECT_EQ(script.field("Cache-Control"), "public, max-age=31536000, immutable");
    const auto page = client().get("/index.html");
    EXPECT_EQ(page.field("Cache-Control"), "no-cache");
    EXPECT_EQ(page.field("ETag"), "\"h3\"");
}

TEST_F(EmbeddedSiteTest, TheBestEncodingThatTheClientTakesIsSent) {
    struct Row {
        const char* accept;
        const char* text;
        const char* encoding;
    };
    const Row rows[] = {
        {"gzip, deflate, br", "brotli js", "br"},
        {"gzip", "gzip js", "gzip"},
        {"br;q=0, gzip;q=0.5", "gzip js", "gzip"},
        {"", "plain js", ""},
        {"identity", "plain js", ""},
        {"zstd, deflate", "plain js", ""},
    };
    for (const Row& row : rows) {
        const auto answer = client().with("Accept-Encoding", row.accept).get("/assets/app-1a.js");
        EXPECT_EQ(answer.text, row.text) << row.accept;
        EXPECT_EQ(answer.field("Content-Encoding"), row.encoding) << row.accept;
        EXPECT_EQ(answer.field("Vary"), "Accept-Encoding");
    }
    const auto icon = client().with("Accept-Encoding", "br").get("/icon.svg");
    EXPECT_EQ(icon.text, "<svg/>");
    EXPECT_EQ(icon.field("Vary"), "");
}

TEST_F(EmbeddedSiteTest, WhatTheBrowserHasIsNotSentAgain) {
    const auto same = client().with("If-None-Match", "\"h3\"").get("/");
    EXPECT_EQ(same.status, 304);
    EXPECT_EQ(same.field("ETag"), "\"h3\"");
    EXPECT_EQ(same.text, "");
    EXPECT_EQ(
        client().with("If-None-Match", "\"h3\"").with("Accept-Encoding", "br").get("/").status, 200)
        << "another encoding is another thing";
}

TEST_F(EmbeddedSiteTest, PathsOfTheAppGetThePageAndMissingFilesDoNot) {
    for (const char* path : {"/", "/library", "/room/7K3F9-QZ0XM", "/admin/x"}) {
        const auto answer = client().get(path);
        EXPECT_EQ(answer.status, 200) << path;
        EXPECT_EQ(answer.text, "<html>") << path;
        EXPECT_EQ(answer.field("Content-Type"), "text/html; charset=utf-8");
    }
    for (const char* path : {"/assets/old-99.js", "/favicon.ico", "/assets/", "/../x.txt"}) {
        EXPECT_EQ(client().get(path).status, 404) << path;
    }
}

TEST_F(EmbeddedSiteTest, PathsOfTheServerAreNeverTheApps) {
    for (const char* path : {"/api", "/api/v1/nothing", "/media/x", "/health/x", "/metrics/x"}) {
        const auto answer = client().get(path);
        EXPECT_EQ(answer.status, 404) << path;
        EXPECT_EQ(answer.code(), "not_found") << path;
        EXPECT_EQ(client().call(Method::Post, path, "{}").status, 404) << path;
    }
    EXPECT_EQ(client().get("/apiary").status, 200);
}

TEST_F(EmbeddedSiteTest, OnlyReadingMakesSense) {
    const auto answer = client().call(Method::Post, "/library", "");
    EXPECT_EQ(answer.status, 405);
    EXPECT_EQ(answer.field("Allow"), "GET, HEAD");
}

class FolderSiteTest : public SiteTest {
protected:
    FolderSiteTest() {
        write("index.html", "<html>");
        write("assets/a.css", "plain");
        write("assets/a.css.br", "brotli");
        write(".hidden", "secret");
        std::ofstream(folder_.path().parent_path() / "outside.txt") << "secret";
        std::filesystem::create_symlink("/etc/passwd", root() / "link.txt");
        serve(std::make_unique<FolderAssets>(root()));
    }
    std::filesystem::path root() const { return folder_.path() / "dist"; }
    void write(const char* name, const char* text) {
        std::filesystem::create_directories((root() / name).parent_path());
        std::ofstream(root() / name) << text;
    }
    static std::string content(Response response) {
        auto& file = std::get<FileBody>(response.body);
        std::string text(file.size, '\0');
        EXPECT_EQ(::pread(file.fd.get(), text.data(), text.size(), 0),
                  static_cast<ssize_t>(text.size()));
        return text;
    }
    Response get(const char* path, const char* accept = "") {
        Request request;
        request.path = path;
        request.fields.add("Accept-Encoding", accept);
        return run_to_end(router_.fallback()->handler(request));
    }

    TempFolder folder_;
};

TEST_F(FolderSiteTest, FilesAreServedAsTheyAreNow) {
    EXPECT_EQ(content(get("/")), "<html>");
    const std::string before(*get("/").fields.find("ETag"));
    write("index.html", "<html>2");
    EXPECT_EQ(content(get("/")), "<html>2");
    EXPECT_NE(*get("/").fields.find("ETag"), before);
    EXPECT_EQ(content(get("/assets/a.css")), "plain");
    const Response compressed = get("/assets/a.css", "br");
    EXPECT_EQ(compressed.fields.find("Content-Encoding"), "br");
}

TEST_F(FolderSiteTest, NothingOutsideTheFolderIsServed) {
    for (const char* path : {"/../outside.txt", "/assets/../../outside.txt", "/.hidden",
                             "/link.txt", "/assets/.", "/assets//a.css"}) {
        EXPECT_EQ(get(path).status, 404) << path;
    }
}

TEST_F(SiteTest, WithoutAWebAppAPageSaysHowToGetOne) {
    serve(nullptr);
    const auto answer = client().get("/");
    EXPECT_EQ(answer.status, 200);
    EXPECT_NE(answer.text.find("--web-dir"), std::string::npos);
    EXPECT_EQ(client().get("/favicon.ico").status, 404);
}

}  // namespace
}  // namespace syncwatch::http
