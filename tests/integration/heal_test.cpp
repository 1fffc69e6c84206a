// Films whose objects are lost, cut short or changed in one store or in both, while somebody
// watches.
#include <chrono>
#include <filesystem>
#include <fstream>

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include "harness/film_upload.h"
#include "harness/object_store.h"
#include "harness/played_stream.h"
#include "harness/process.h"
#include "harness/temp_folder.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;
using harness::HttpClient;
using harness::Server;
namespace fs = std::filesystem;

/// A node with two stores, and one film.
class HealTest : public testing::Test {
protected:
    void serve(std::vector<std::string> arguments) {
        arguments_ = std::move(arguments);
        Server::Options options;
        options.arguments = arguments_;
        node_ = std::make_unique<Server>(folder_.path() / "data", options);
        client_ = std::make_unique<HttpClient>(node_->port());
        client_->as(client_->account("alice"));
        upload();
        EXPECT_TRUE(eventually([&] { return status().at("pending_objects") == 0; }));
    }
    void upload() {
        film_ = harness::upload_film(*client_, clip("film.mp4"));
        harness::expect_ready(*client_, film_);
        const std::string master = client_->get("/api/v1/videos/" + film_).text_at("master");
        base_ = master.substr(0, master.rfind('/') + 1);
        prefix_ = "videos/" + film_ + "/";
        const auto streams = harness::entries(*client_, master);
        ASSERT_FALSE(streams.empty());
        for (const std::string& each : harness::entries(*client_, streams.front())) {
            pieces_.push_back(each.substr(base_.size()));
        }
        ASSERT_GE(pieces_.size(), 3u);
        pieces_.push_back(pieces_[0].substr(0, pieces_[0].rfind('/') + 1) + "init-0.mp4");
    }
    /// What a player gets, and how long that took.
    struct Got {
        int status = 0;
        std::string body;
        std::chrono::milliseconds took{};
    };
    Got get(const std::string& piece) {
        const auto begun = std::chrono::steady_clock::now();
        const auto answer = client_->get(base_ + piece);
        return {answer.status, answer.body,
                std::chrono::duration_cast<std::chrono::milliseconds>(
                    std::chrono::steady_clock::now() - begun)};
    }
    /// Says how long it took; what is too long depends on the machine.
    void expect_served(const std::string& piece, const std::string& bytes) {
        const Got got = get(piece);
        EXPECT_EQ(got.status, 200) << got.body;
        EXPECT_TRUE(got.body == bytes) << piece;
        std::printf("%s: %d ms\n", piece.c_str(), static_cast<int>(got.took.count()));
    }
    harness::Ran replicate(std::vector<std::string> words) {
        words.insert(words.begin(), "replicate");
        return run(std::move(words));
    }
    harness::Ran run(std::vector<std::string> words) {
        words.insert(words.end(), {"--json", "--data-dir", folder_.path() / "data"});
        words.insert(words.end(), arguments_.begin(), arguments_.end());
        return harness::run_syncwatch(words);
    }
    boost::json::object video(std::vector<std::string> words) {
        words.insert(words.begin(), "video");
        words.insert(words.end(), {"--json", "--data-dir", folder_.path() / "data"});
        const auto ran = harness::run_syncwatch(words);
        EXPECT_EQ(ran.exit, 0) << ran.err;
        return boost::json::parse(ran.out).as_object();
    }
    boost::json::object status() {
        const auto ran = replicate({"status"});
        EXPECT_TRUE(ran.exit == 0 || ran.exit == 5) << ran.err;
        return boost::json::parse(ran.out).at("replication").as_object();
    }
    /// Objects take their time.
    template <class Question>
    static bool eventually(Question question) {
        return harness::eventually(question, 150s);
    }

    TempFolder folder_;
    std::vector<std::string> arguments_;
    std::unique_ptr<Server> node_;
    std::unique_ptr<HttpClient> client_;
    std::string film_;                 ///< Its id.
    std::string base_;                 ///< Of its addresses.
    std::string prefix_;               ///< Of its objects.
    std::vector<std::string> pieces_;  ///< Segments of the first stream, then its head.
};

TEST_F(HealTest, AFilmInTwoFoldersIsPlayedWhateverHappensToItsFiles) {
    const fs::path first = folder_.path() / "data" / "objects";
    const fs::path second = folder_.path() / "second";
    serve({"--objects-second", "file:" + second.string()});
    const auto in = [&](const fs::path& store, const std::string& piece) {
        return store / (prefix_ + piece);
    };
    std::map<std::string, std::string> whole;
    for (const std::string& each : pieces_) whole[each] = contents_of(in(first, each));
    for (const auto& [piece, bytes] : whole) EXPECT_TRUE(contents_of(in(second, piece)) == bytes);

    const std::string& head = pieces_.back();
    fs::remove(in(first, pieces_[0]));
    fs::resize_file(in(first, pieces_[1]), 100);
    std::fstream(in(first, head), std::ios::binary | std::ios::in | std::ios::out).put('x');
    for (const std::string& each : {pieces_[0], pieces_[1], head}) {
        expect_served(each, whole[each]);
        EXPECT_TRUE(eventually([&] { return contents_of(in(first, each)) == whole[each]; }));
    }

    const std::string& lost = pieces_[2];
    fs::remove(in(first, lost));
    fs::remove(in(second, lost));
    const Got again = get(lost);
    EXPECT_EQ(again.status, 200) << again.body;
    EXPECT_GT(again.body.size(), 1000u);
    std::printf("%s made again: %d ms\n", lost.c_str(), static_cast<int>(again.took.count()));
    EXPECT_TRUE(eventually([&] { return contents_of(in(second, lost)) == again.body; }));
    EXPECT_TRUE(contents_of(in(first, lost)) == again.body);

    EXPECT_TRUE(eventually([&] { return status().at("damaged") == 0; }));
    EXPECT_EQ(status().at("lost"), 0);
    fs::remove(in(second, pieces_[0]));
    const auto audit = replicate({"audit"});
    EXPECT_TRUE(audit.exit == 5 || audit.exit == 0) << audit.err;
    EXPECT_TRUE(eventually([&] { return fs::exists(in(second, pieces_[0])); }))
        << "the server repairs what the audit noted";
    EXPECT_TRUE(eventually([&] {
        return replicate({"audit"}).exit == 0 && status().at("coverage").to_number<double>() == 1;
    }));
    const std::string metrics = client_->get("/metrics").body;
    EXPECT_NE(metrics.find("syncwatch_objects_healed_total{source=\"second\"} 3\n"),
              std::string::npos);
    EXPECT_NE(metrics.find("syncwatch_objects_healed_total{source=\"original\"} 1\n"),
              std::string::npos);

    ASSERT_EQ(client_->remove("/api/v1/videos/" + film_).status, 204);
    const std::string segment = base_ + pieces_[1];
    EXPECT_TRUE(eventually([&] { return client_->get(segment).status == 404; }));
    EXPECT_TRUE(fs::exists(in(first, pieces_[1]))) << "it can be brought back";
    EXPECT_EQ(video({"list", "--deleted"}).at("videos").as_array().size(), 1u);
    (void)video({"undelete", film_});
    EXPECT_TRUE(eventually([&] { return client_->get(segment).status == 200; }));
    (void)video({"remove", film_, "--confirm", film_});
    EXPECT_TRUE(eventually([&] { return client_->get(segment).status == 404; }));
    EXPECT_EQ(video({"purge", "--confirm", "purge"}).at("purged"), 1);
    EXPECT_TRUE(eventually([&] { return !fs::exists(second / "videos" / film_); }))
        << "a deletion is a deletion in both";
}

TEST_F(HealTest, WithoutAServerFilmsAreBackedUpAndBroughtBackByCommand) {
    serve({});
    EXPECT_EQ(node_->stop(), 0);
    const fs::path first = folder_.path() / "data" / "objects" / prefix_;
    const fs::path second = folder_.path() / "second" / prefix_;
    const auto refused = run({"backup", "run", "--component", "objects"});
    EXPECT_EQ(refused.exit, 3) << refused.err;
    EXPECT_NE(refused.err.find("objects.second"), std::string::npos) << refused.err;
    arguments_.insert(arguments_.end(),
                      {"--objects-second", "file:" + (folder_.path() / "second").string()});
    const auto copied = run({"backup", "run", "--component", "objects"});
    EXPECT_EQ(copied.exit, 0) << copied.out << copied.err;
    const std::string whole = contents_of(first / pieces_[0]);
    EXPECT_TRUE(contents_of(second / pieces_[0]) == whole);

    fs::remove_all(first);
    fs::resize_file(second / pieces_[1], 100);
    EXPECT_EQ(replicate({"lost"}).exit, 5);
    const auto restored = run({"restore", "objects"});
    EXPECT_EQ(restored.exit, 0) << restored.out << restored.err;
    EXPECT_TRUE(contents_of(first / pieces_[0]) == whole);
    EXPECT_EQ(replicate({"audit"}).exit, 0);
}

TEST_F(HealTest, WhatAFilmHasBesideItsStreamsIsMadeAgainOrSaidToBeLost) {
    const fs::path first = folder_.path() / "data" / "objects";
    const fs::path second = folder_.path() / "second";
    serve({"--objects-second", "file:" + second.string()});
    const std::string film = "/api/v1/videos/" + film_;
    const auto added = client_->request("POST", film + "/subtitles?language=en&filename=a.vtt",
                                        "WEBVTT\n\n00:00.500 --> 00:01.500\nHello\n",
                                        {{"Content-Type", "application/octet-stream"}});
    ASSERT_EQ(added.status, 201) << added.body;
    EXPECT_TRUE(eventually([&] { return status().at("pending_objects") == 0; }));
    const auto lose = [&](const std::string& name) {
        const std::string bytes = contents_of(first / (prefix_ + name));
        EXPECT_TRUE(fs::remove(first / (prefix_ + name))) << name;
        EXPECT_TRUE(fs::remove(second / (prefix_ + name))) << name;
        return bytes;
    };
    for (const char* name : {"poster.jpg", "sprite.vtt", "sprite-0.jpg"}) {
        const std::string key = std::string("1/") + name;
        const std::string bytes = lose(key);
        expect_served(name, bytes);
        EXPECT_TRUE(eventually([&] { return contents_of(second / (prefix_ + key)) == bytes; }));
    }
    // What nobody asks for is found by the audit.
    const std::string poster = lose("1/poster.jpg");
    (void)replicate({"audit"});
    EXPECT_TRUE(
        eventually([&] { return contents_of(first / (prefix_ + "1/poster.jpg")) == poster; }));

    const auto track = added.json().at("subtitles").as_array().back().at("id").as_string();
    const std::string name = "subtitles/" + std::string(track) + ".vtt";
    (void)lose(name);
    EXPECT_EQ(get(name).status, 503) << "another process may have it made";
    EXPECT_TRUE(eventually([&] { return status().at("lost") == 1; }));
    EXPECT_TRUE(eventually([&] { return get(name).status == 404; }));
    const auto ran = replicate({"status"});
    EXPECT_EQ(ran.exit, 5) << ran.err;
}

TEST_F(HealTest, WhatIsDeletedStaysInAFarStoreWhoseKeysMayNotDelete) {
    const std::string far_url =
        fmt::format("s3:http://localhost:{}/far", TestObjectStore::server().http_port());
    TestS3Client owner(far_url);
    ASSERT_TRUE(run_to_end(owner.client.create_bucket()));
    ASSERT_TRUE(TestObjectStore::server().create_user("far", "FAR", "far-secret"));
    s3::S3Request policy{"PUT"};
    policy.query.emplace_back("policy", "");
    policy.body.text = std::make_shared<const std::string>(R"({"Version":"2012-10-17","Statement":[
        {"Effect":"Allow","Principal":{"AWS":["arn:aws:iam:::user/far"]},
         "Action":["s3:GetObject","s3:PutObject","s3:ListBucket","s3:AbortMultipartUpload"],
         "Resource":["arn:aws:s3:::far","arn:aws:s3:::far/*"]},
        {"Effect":"Deny","Principal":{"AWS":["arn:aws:iam:::user/far"]},
         "Action":["s3:DeleteObject","s3:DeleteObjectVersion"],
         "Resource":["arn:aws:s3:::far/*"]}]})");
    policy.body.size = policy.body.text->size();
    policy.payload = encode_hex(sha256(as_bytes(*policy.body.text)));
    const auto set = run_to_end(owner.exchange.ask(std::move(policy)));
    ASSERT_TRUE(set) << set.error().message;
    const fs::path keys = folder_.path() / "far-keys";
    std::ofstream(keys) << "aws_access_key_id = FAR\naws_secret_access_key = far-secret\n";

    serve({"--objects-second", far_url, "--objects-second-credentials-file", keys});
    EXPECT_EQ(replicate({"audit"}).exit, 0) << "it is copied into and read back all the same";
    EXPECT_EQ(replicate({"lost"}).exit, 0);
    const auto there = run_to_end(owner.client.list(prefix_)).value();
    ASSERT_GT(there.size(), pieces_.size());
    (void)video({"remove", film_, "--now", "--confirm", film_});
    const auto left = [&] {
        const auto ran = replicate({"left"});
        EXPECT_EQ(ran.exit, 0) << ran.err;
        return boost::json::parse(ran.out).as_object();
    };
    EXPECT_TRUE(eventually([&] { return left().at("left") == 1; }));
    EXPECT_EQ(left().at("keys").at(0).at("key").as_string(), "videos/" + film_);
    EXPECT_FALSE(fs::exists(folder_.path() / "data" / "objects" / "videos" / film_));
    EXPECT_EQ(run_to_end(owner.client.list(prefix_)).value(), there);
    EXPECT_EQ(client_->get("/health").json().at("components").at("objects_second").at("status"),
              "ok")
        << "being refused is no trouble of the store's";
    ASSERT_TRUE(run_to_end(owner.client.remove_many(there)));
    EXPECT_EQ(left().at("gone"), 1) << "somebody else has removed it";
    EXPECT_EQ(left().at("left"), 0);
}

TEST_F(HealTest, AFilmInTwoS3StoresGoesOnWithoutTheFirst) {
    const TempFolder other_folder;
    auto other = lab::ObjectStoreServer::make({other_folder.path()});
    ASSERT_TRUE(other) << other.error().message;
    ASSERT_TRUE(
        (*other)->create_user("films", TestObjectStore::kAccessKey, TestObjectStore::kSecretKey));
    const std::string second_url =
        fmt::format("s3:http://localhost:{}/films", (*other)->http_port());
    TestS3Client second(second_url);
    ASSERT_TRUE(run_to_end(second.client.create_bucket()));
    const std::string first_url = TestObjectStore::url();
    TestS3Client first(first_url);
    const fs::path keys = TestObjectStore::credentials_file();
    serve({"--objects-url", first_url, "--objects-credentials-file", keys, "--objects-second",
           second_url, "--objects-second-credentials-file", keys, "--objects-cache-size", "0"});
    std::map<std::string, std::string> whole;
    for (const std::string& each : pieces_) {
        whole[each] = first.get(prefix_ + each).value();
        EXPECT_TRUE(second.get(prefix_ + each).value() == whole[each]) << each;
    }

    const std::string& head = pieces_.back();
    ASSERT_TRUE(run_to_end(first.client.remove(prefix_ + pieces_[0])));
    ASSERT_TRUE(first.put(prefix_ + pieces_[1], whole[pieces_[1]].substr(0, 500)));
    std::string flipped = whole[head];
    flipped[40] = static_cast<char>(flipped[40] ^ 4);
    ASSERT_TRUE(first.put(prefix_ + head, flipped));
    for (const std::string& each : {pieces_[0], pieces_[1], head}) {
        expect_served(each, whole[each]);
        EXPECT_TRUE(eventually([&] {
            const auto repaired = first.get(prefix_ + each);
            return repaired && *repaired == whole[each];
        }));
    }

    TestObjectStore::server().kill();
    expect_served(pieces_[2], whole[pieces_[2]]);
    for (std::size_t i = 3; i + 1 < pieces_.size(); ++i) {
        expect_served(pieces_[i], whole[pieces_[i]]);
    }
    ASSERT_TRUE(TestObjectStore::server().start());
}

}  // namespace
}  // namespace syncwatch
