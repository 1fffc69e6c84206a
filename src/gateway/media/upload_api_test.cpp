#include "gateway/media/upload_api.h"

#include <gtest/gtest.h>

#include "domain/media/media_keys.h"
#include "harness/media_http_world.h"

namespace syncwatch::http {
namespace {

using namespace std::chrono_literals;
using Fields = std::vector<std::pair<std::string, std::string>>;
using harness::ClientStream;
using harness::HttpAnswer;
using harness::HttpClient;

const std::pair<std::string, std::string> kTus{"Tus-Resumable", "1.0.0"};
const std::pair<std::string, std::string> kOctets{"Content-Type",
                                                  "application/offset+octet-stream"};

std::string base64(const std::string& text) {
    return encode_base64(as_bytes(text));
}

class UploadApiTest : public testing::Test {
protected:
    HttpAnswer request(const char* method, const std::string& path, Fields fields = {},
                       const std::string& body = {}) {
        fields.push_back(kTus);
        return ann_.request(method, path, body, fields);
    }
    HttpAnswer create(Fields fields, const std::string& body = {}) {
        return request("POST", "/api/v1/uploads", std::move(fields), body);
    }
    std::string location(std::uint64_t length, Fields fields = {}) {
        fields.emplace_back("Upload-Length", std::to_string(length));
        const auto made = create(std::move(fields));
        EXPECT_EQ(made.status, 201) << made.body;
        return made.field("Location");
    }
    HttpAnswer patch(const std::string& path, std::uint64_t offset, const std::string& body,
                     Fields fields = {}) {
        fields.push_back(kOctets);
        fields.emplace_back("Upload-Offset", std::to_string(offset));
        return request("PATCH", path, std::move(fields), body);
    }
    std::string offset(const std::string& path) {
        return request("HEAD", path).field("Upload-Offset");
    }
    VideoId video_of(const HttpAnswer& answer) {
        return VideoId::parse(answer.field("SyncWatch-Video")).value();
    }
    std::string code(const HttpAnswer& answer) { return answer.text_at("code"); }

    MediaHttpWorld world_;
    const std::string token_ = world_.token("ann");
    HttpClient ann_ = world_.client(token_);
};

TEST_F(UploadApiTest, OptionsSayWhatIsOfferedToAnybody) {
    HttpClient stranger = world_.client();
    for (const char* path : {"/api/v1/uploads", "/api/v1/uploads/x"}) {
        const auto answer = stranger.request("OPTIONS", path, {}, {{"Tus-Resumable", "0.1"}});
        EXPECT_EQ(answer.status, 204);
        EXPECT_EQ(answer.field("Tus-Version"), "1.0.0");
        EXPECT_EQ(answer.field("Tus-Extension"),
                  "creation,creation-with-upload,creation-defer-length,termination,checksum,"
                  "expiration");
        EXPECT_EQ(answer.field("Tus-Max-Size"), std::to_string(64 << 20));
        EXPECT_EQ(answer.field("Tus-Checksum-Algorithm"), "sha1,sha256");
    }
}

TEST_F(UploadApiTest, AnyOtherVersionIs412AndNothingHappens) {
    for (const Fields& fields : {Fields{{"Tus-Resumable", "0.2.2"}}, Fields{}}) {
        Fields all = fields;
        all.emplace_back("Upload-Length", "10");
        const auto answer = ann_.request("POST", "/api/v1/uploads", {}, all);
        EXPECT_EQ(answer.status, 412);
        EXPECT_EQ(answer.field("Tus-Version"), "1.0.0");
        EXPECT_EQ(answer.field("Tus-Resumable"), "1.0.0");
    }
    EXPECT_TRUE(run_to_end(world_.media.all_videos(10)).value().empty());
}

TEST_F(UploadApiTest, AFilmIsCreatedSentInPartsAndComplete) {
    const auto made = create(
        {{"Upload-Length", "10"}, {"Upload-Metadata", "filename " + base64("Film.mkv") + ",more"}});
    ASSERT_EQ(made.status, 201) << made.body;
    EXPECT_EQ(made.field("Tus-Resumable"), "1.0.0");
    EXPECT_EQ(made.field("Upload-Offset"), "0");
    EXPECT_FALSE(made.field("Upload-Expires").empty());
    const std::string path = made.field("Location");
    EXPECT_TRUE(path.starts_with("/api/v1/uploads/"));
    const VideoId video = video_of(made);
    EXPECT_EQ(world_.video(video).title, "Film");

    auto part = patch(path, 0, "0123");
    EXPECT_EQ(part.status, 204) << part.body;
    EXPECT_EQ(part.field("Upload-Offset"), "4");
    EXPECT_FALSE(part.field("Upload-Expires").empty());
    const auto head = request("HEAD", path);
    EXPECT_EQ(head.status, 200);
    EXPECT_EQ(head.field("Upload-Offset"), "4");
    EXPECT_EQ(head.field("Upload-Length"), "10");
    EXPECT_EQ(head.field("Upload-Metadata"), "filename " + base64("Film.mkv") + ",more");
    EXPECT_EQ(head.field("Cache-Control"), "no-store");
    EXPECT_EQ(head.field("Upload-Defer-Length"), "");
    EXPECT_EQ(patch(path, 4, "456789").field("Upload-Offset"), "10");
    EXPECT_EQ(world_.object(source_key(video)), "0123456789");
    EXPECT_EQ(world_.video(video).status, VideoStatus::Probing);
    EXPECT_EQ(offset(path), "10") << "also when it is complete";
}

TEST_F(UploadApiTest, TheFirstPartMayComeWithTheCreation) {
    const auto made = create({{"Upload-Length", "10"}, kOctets}, "01234");
    EXPECT_EQ(made.status, 201) << made.body;
    EXPECT_EQ(made.field("Upload-Offset"), "5");
    EXPECT_EQ(patch(made.field("Location"), 5, "56789").status, 204);
    EXPECT_EQ(world_.object(source_key(video_of(made))), "0123456789");
    const auto whole = create({{"Upload-Length", "4"}, kOctets}, "film");
    EXPECT_EQ(whole.field("Upload-Offset"), "4");
    EXPECT_EQ(world_.video(video_of(whole)).status, VideoStatus::Probing);
    const auto damaged = create(
        {{"Upload-Length", "4"}, kOctets, {"Upload-Checksum", "sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0="}},
        "film");
    EXPECT_EQ(damaged.status, 460);
    EXPECT_EQ(run_to_end(world_.media.all_videos(10)).value().size(), 2u);
    EXPECT_EQ(create({{"Upload-Length", "3"}, kOctets}, "film").status, 413);
    EXPECT_EQ(run_to_end(world_.media.all_videos(10)).value().size(), 2u);
}

struct BadCreation {
    const char* why;
    Fields fields;
    int status;
};

TEST_F(UploadApiTest, ACreationThatMakesNoSenseIsRefused) {
    const BadCreation cases[] = {
        {"no length", {}, 400},
        {"not a number", {{"Upload-Length", "ten"}}, 400},
        {"negative", {{"Upload-Length", "-1"}}, 400},
        {"beyond 63 bits", {{"Upload-Length", "9223372036854775808"}}, 400},
        {"deferred with another value", {{"Upload-Defer-Length", "2"}}, 400},
        {"both", {{"Upload-Length", "1"}, {"Upload-Defer-Length", "1"}}, 400},
        {"too large", {{"Upload-Length", "67108865"}}, 413},
        {"metadata that is not base64",
         {{"Upload-Length", "1"}, {"Upload-Metadata", "filename !"}},
         400},
        {"a key twice", {{"Upload-Length", "1"}, {"Upload-Metadata", "a YQ==,a YQ=="}}, 400},
        {"an unknown checksum",
         {{"Upload-Length", "1"}, {"Upload-Checksum", "md5 1B2M2Y8AsgTpgAmY7PhCfg=="}},
         400},
        {"a room that is none",
         {{"Upload-Length", "1"}, {"Upload-Metadata", "room " + base64("nowhere")}},
         404},
    };
    for (const auto& c : cases) {
        const auto answer = create(c.fields);
        EXPECT_EQ(answer.status, c.status) << c.why;
        EXPECT_EQ(answer.field("Tus-Resumable"), "1.0.0") << c.why;
    }
    EXPECT_TRUE(run_to_end(world_.media.all_videos(10)).value().empty());
}

TEST_F(UploadApiTest, OddNamesAreKeptSafelyAsTitles) {
    const std::pair<std::string, std::string> cases[] = {
        {"two\r\nlines\n.mkv", "two lines"},
        {"../../etc/passwd", "passwd"},
        {"\"quotes\" 'and' $(rm -rf ~).mp4", "\"quotes\" 'and' $(rm -rf ~)"},
        {"fire 🔥.mp4", "fire 🔥"},
        {std::string("nul\0byte.mkv", 12), "nulbyte"},
        {"", "Untitled"},
    };
    for (const auto& [filename, title] : cases) {
        const auto made =
            create({{"Upload-Length", "0"}, {"Upload-Metadata", "filename " + base64(filename)}});
        ASSERT_EQ(made.status, 201) << filename;
        EXPECT_EQ(world_.video(video_of(made)).title, title);
    }
}

TEST_F(UploadApiTest, AnEmptyFilmFailsAndSaysSo) {
    const auto made = create({{"Upload-Length", "0"}});
    EXPECT_EQ(made.status, 201);
    EXPECT_EQ(world_.video(video_of(made)).error->code, "empty");
    EXPECT_EQ(offset(made.field("Location")), "0");
}

TEST_F(UploadApiTest, APartThatMakesNoSenseIsRefusedAndChangesNothing) {
    const std::string path = location(10);
    ASSERT_EQ(patch(path, 0, "012").status, 204);
    EXPECT_EQ(patch(path, 2, "x").status, 409);
    EXPECT_EQ(code(patch(path, 4, "x")), "wrong_offset");
    EXPECT_EQ(patch(path, 11, "x").status, 409);
    EXPECT_EQ(request("PATCH", path, {kOctets}, "x").status, 400) << "no offset";
    EXPECT_EQ(request("PATCH", path, {kOctets, {"Upload-Offset", "three"}}, "x").status, 400);
    EXPECT_EQ(request("PATCH", path, {{"Upload-Offset", "3"}}, "x").status, 415);
    EXPECT_EQ(
        request("PATCH", path, {{"Content-Type", "application/json"}, {"Upload-Offset", "3"}}, "x")
            .status,
        415);
    EXPECT_EQ(patch(path, 3, "beyond the end").status, 413);
    EXPECT_EQ(patch(path, 3, "x", {{"Upload-Checksum", "md5 AAAA"}}).status, 400);
    EXPECT_EQ(offset(path), "3");
    EXPECT_EQ(patch(path, 3, "3456789").status, 204);
}

TEST_F(UploadApiTest, ChecksumsAreLookedAt) {
    const std::string path = location(8);
    const auto sum = [](Digest::Algorithm algorithm, const std::string& text) {
        Digest digest(algorithm);
        digest.update(as_bytes(text));
        return encode_base64(digest.finish());
    };
    const std::string sha1 = "sha1 " + sum(Digest::Algorithm::Sha1, "0123");
    const std::string sha256 = "sha256 " + sum(Digest::Algorithm::Sha256, "4567");
    const auto wrong = patch(path, 0, "0124", {{"Upload-Checksum", sha1}});
    EXPECT_EQ(wrong.status, 460);
    EXPECT_EQ(code(wrong), "checksum_mismatch");
    EXPECT_EQ(offset(path), "0");
    EXPECT_EQ(patch(path, 0, "0123", {{"Upload-Checksum", sha1}}).status, 204);
    EXPECT_EQ(patch(path, 4, "4567", {{"Upload-Checksum", sha256}}).status, 204);
    EXPECT_EQ(offset(path), "8");
}

TEST_F(UploadApiTest, ADeferredLengthFollows) {
    const auto made = create({{"Upload-Defer-Length", "1"}});
    ASSERT_EQ(made.status, 201);
    const std::string path = made.field("Location");
    EXPECT_EQ(request("HEAD", path).field("Upload-Defer-Length"), "1");
    EXPECT_EQ(request("HEAD", path).field("Upload-Length"), "");
    EXPECT_EQ(patch(path, 0, "0123").status, 204);
    EXPECT_EQ(patch(path, 4, "4567", {{"Upload-Length", "10"}}).status, 204);
    EXPECT_EQ(request("HEAD", path).field("Upload-Length"), "10");
    EXPECT_EQ(patch(path, 8, "89", {{"Upload-Length", "12"}}).status, 409) << "set once";
    EXPECT_EQ(patch(path, 8, "89").field("Upload-Offset"), "10");
    EXPECT_EQ(world_.video(video_of(made)).status, VideoStatus::Probing);
}

TEST_F(UploadApiTest, TerminatingRemovesTheUploadAndItsVideo) {
    const auto made = create({{"Upload-Length", "10"}});
    const std::string path = made.field("Location");
    ASSERT_EQ(patch(path, 0, "012").status, 204);
    EXPECT_EQ(request("DELETE", path).status, 204);
    EXPECT_EQ(request("HEAD", path).status, 404);
    EXPECT_EQ(request("HEAD", path).field("Upload-Offset"), "");
    EXPECT_EQ(patch(path, 3, "x").status, 404);
    EXPECT_EQ(request("DELETE", path).status, 404);
    EXPECT_FALSE(run_to_end(world_.media.find(video_of(made))));
}

TEST_F(UploadApiTest, AMethodMayComeInAHeader) {
    const std::string path = location(4);
    const auto with = [](const char* method, Fields fields = {}) {
        fields.emplace_back("X-HTTP-Method-Override", method);
        return fields;
    };
    EXPECT_EQ(request("POST", path, with("HEAD")).field("Upload-Offset"), "0");
    EXPECT_EQ(request("POST", path, with("PATCH", {kOctets, {"Upload-Offset", "0"}}), "fi").status,
              204);
    EXPECT_EQ(request("GET", path, with("HEAD")).field("Upload-Offset"), "2");
    EXPECT_EQ(request("POST", path, with("DELETE")).status, 204);
    EXPECT_EQ(request("HEAD", path).status, 404);
    EXPECT_EQ(request("POST", path, with("BREW")).status, 400);
}

TEST_F(UploadApiTest, AMethodInAHeaderDoesNotGetAroundTheOrigin) {
    const std::string path = location(4);
    HttpClient cookie = world_.client();
    cookie.with("Cookie", "syncwatch_session=" + token_);
    const auto answer =
        cookie.request("GET", path, {}, {kTus, {"X-HTTP-Method-Override", "DELETE"}});
    EXPECT_EQ(answer.status, 403);
    EXPECT_EQ(code(answer), "bad_origin");
    EXPECT_EQ(offset(path), "0");
}

TEST_F(UploadApiTest, OtherMethodsAreNamedWrong) {
    const std::string path = location(4);
    const auto get = request("GET", path);
    EXPECT_EQ(get.status, 405);
    EXPECT_EQ(get.field("Allow"), "DELETE, HEAD, OPTIONS, PATCH, POST");
    EXPECT_EQ(get.field("Tus-Resumable"), "1.0.0");
    EXPECT_EQ(request("PUT", "/api/v1/uploads").status, 405);
    EXPECT_EQ(ann_.request("PUT", "/api/v1/uploads", {}, {}).status, 405) << "whatever it speaks";
    EXPECT_EQ(request("POST", path).status, 405);
}

TEST_F(UploadApiTest, StrangersGuestsAndOthersAreKeptOut) {
    const std::string path = location(4);
    HttpClient stranger = world_.client();
    EXPECT_EQ(
        stranger.request("POST", "/api/v1/uploads", {}, {kTus, {"Upload-Length", "1"}}).status,
        401);
    EXPECT_EQ(stranger.request("HEAD", path, {}, {kTus}).status, 401);
    HttpClient guest = world_.client(run_to_end(world_.service->guest("Gus"))->token);
    EXPECT_EQ(guest.request("POST", "/api/v1/uploads", {}, {kTus, {"Upload-Length", "1"}}).status,
              403);
    HttpClient bob = world_.client(world_.token("bob"));
    EXPECT_EQ(bob.request("HEAD", path, {}, {kTus}).status, 403);
    EXPECT_EQ(bob.request("PATCH", path, "x", {kTus, kOctets, {"Upload-Offset", "0"}}).status, 403);
    EXPECT_EQ(bob.request("DELETE", path, {}, {kTus}).status, 403);
    EXPECT_EQ(request("HEAD", "/api/v1/uploads/no-such-thing").status, 404);
    EXPECT_EQ(request("HEAD", "/api/v1/uploads/01900000-0000-7000-8000-000000000001").status, 404);
}

TEST_F(UploadApiTest, TooManyAtOnceIs429) {
    for (int i = 0; i < 3; ++i) location(10);
    const auto over = create({{"Upload-Length", "10"}});
    EXPECT_EQ(over.status, 429);
    EXPECT_EQ(code(over), "too_many_uploads");
    EXPECT_FALSE(over.field("Retry-After").empty());
}

TEST_F(UploadApiTest, NoSpaceIs507WithClearWords) {
    world_.upload_options.spare_bytes = std::uint64_t{1} << 60;
    world_.restart_server();
    ann_ = world_.client(token_);
    const auto refused = create({{"Upload-Length", "10"}});
    EXPECT_EQ(refused.status, 507);
    EXPECT_EQ(code(refused), "disk_full");
    EXPECT_EQ(refused.text_at("component"), "objects");
    EXPECT_FALSE(refused.field("Retry-After").empty());
}

/// A PATCH whose body stops in the middle, as from a tab that was killed or a network that died.
std::string half_a_patch(const std::string& path, const std::string& token, std::uint64_t offset,
                         std::size_t announced, const std::string& body) {
    return "PATCH " + path + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token +
           "\r\nTus-Resumable: 1.0.0\r\nContent-Type: application/offset+octet-stream\r\n"
           "Upload-Offset: " +
           std::to_string(offset) + "\r\nContent-Length: " + std::to_string(announced) +
           "\r\n\r\n" + body;
}

ClientStream::Options to(std::uint16_t port) {
    ClientStream::Options options;
    options.port = port;
    return options;
}

/// What arrives is stored a moment later.
template <class Condition>
void eventually(Condition condition) {
    for (int i = 0; i < 1000 && !condition(); ++i) std::this_thread::sleep_for(10ms);
    EXPECT_TRUE(condition());
}

TEST_F(UploadApiTest, AKilledTabResumesWhereItsBytesEnded) {
    const std::string path = location(1'000'000);
    const std::string film(1'000'000, 'f');
    ClientStream tab(to(world_.port()));
    ASSERT_TRUE(tab.write(half_a_patch(path, token_, 0, film.size(), film.substr(0, 700'000))));
    tab.reset();
    eventually([&] { return offset(path) != "0"; });
    const std::string stored = offset(path);
    EXPECT_EQ(patch(path, std::stoull(stored), film.substr(std::stoull(stored))).status, 204);
    EXPECT_EQ(offset(path), "1000000");
}

TEST_F(UploadApiTest, ATabWhoseNetworkDiedDoesNotBlockTheNext) {
    const std::string path = location(1'200'000);
    const std::string film(1'200'000, 'f');
    ClientStream silent(to(world_.port()));
    ASSERT_TRUE(silent.write(half_a_patch(path, token_, 0, film.size(), film.substr(0, 600'000))));
    eventually([&] { return offset(path) != "0"; });
    const std::uint64_t stored = std::stoull(offset(path));
    const auto begun = std::chrono::steady_clock::now();
    EXPECT_EQ(patch(path, stored, film.substr(stored)).status, 204);
    EXPECT_LT(std::chrono::steady_clock::now() - begun, 5s) << "not the silent tab's deadline";
    const auto id = UploadId::parse(path.substr(path.rfind('/') + 1)).value();
    const auto upload = run_to_end(world_.media.find_upload(id)).value();
    EXPECT_EQ(world_.object(source_key(upload.video)), film);
}

TEST_F(UploadApiTest, ARestartedServerResumes) {
    const std::string path = location(1'000'000);
    const std::string film(1'000'000, 'f');
    ClientStream tab(to(world_.port()));
    ASSERT_TRUE(tab.write(half_a_patch(path, token_, 0, film.size(), film.substr(0, 700'000))));
    eventually([&] { return offset(path) != "0"; });
    world_.restart_server();
    ann_ = world_.client(token_);
    const std::uint64_t stored = std::stoull(offset(path));
    EXPECT_GT(stored, 0u);
    EXPECT_EQ(patch(path, stored, film.substr(stored)).status, 204);
    EXPECT_EQ(offset(path), "1000000");
}

TEST_F(UploadApiTest, AFilmMayComeInChunks) {
    const std::string path = location(10);
    ClientStream stream(to(world_.port()));
    ASSERT_TRUE(stream.write("PATCH " + path + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " +
                             token_ +
                             "\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\nContent-Type: "
                             "application/offset+octet-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
                             "4\r\n0123\r\n6\r\n456789\r\n0\r\n\r\n"));
    EXPECT_TRUE(stream.read().starts_with("HTTP/1.1 204"));
    EXPECT_EQ(offset(path), "10");
}

TEST_F(UploadApiTest, AWriteWithACookieNeedsTheOriginOfThisSite) {
    HttpClient cookie = world_.client();
    cookie.with("Cookie", "syncwatch_session=" + token_);
    const Fields fields{kTus, {"Upload-Length", "4"}};
    EXPECT_EQ(cookie.request("POST", "/api/v1/uploads", {}, fields).status, 403);
    cookie.with("Origin", "http://localhost:" + std::to_string(world_.port()));
    EXPECT_EQ(cookie.request("POST", "/api/v1/uploads", {}, fields).status, 201);
}

}  // namespace
}  // namespace syncwatch::http
