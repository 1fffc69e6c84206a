// Pages of docs/recovery/runbooks about the embedded database and films, after a real loss.
#include <thread>

#include <fmt/format.h>

#include "base/quantity.h"
#include "base/time.h"
#include "harness/backup_moments.h"
#include "harness/film_upload.h"
#include "harness/long_run.h"
#include "harness/played_stream.h"
#include "runbooks/runbook_world.h"

namespace syncwatch::runbooks {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

class EmbeddedRunbooksTest : public EmbeddedRunbookWorld {
protected:
    static std::string moment() { return format_rfc3339(harness::wall_now()); }
};

TEST_F(EmbeddedRunbooksTest, ADatabaseThatIsGoneComesBack) {
    serve();
    make_room("Film night");
    wait_until_backed_up();
    kill("syncwatch");
    const auto bytes = fs::file_size(data() / "syncwatch.db");
    for (const char* each : {"", "-wal", "-shm"}) {
        fs::remove(data() / (std::string("syncwatch.db") + each));
    }
    lost();
    carry_out("embedded-database-lost.md");
    EXPECT_EQ(name_of_room(), "Film night");
    note_time("the embedded database: the file is gone", format_size(bytes));
    expect_in_plan("database-lost");

    // What its restore test measured stands in the plan that people read.
    ASSERT_EQ(sh("syncwatch backup restore-test --config \"$CONFIG\""), 0) << said_;
    ASSERT_EQ(sh("syncwatch plan render --config \"$CONFIG\""), 0) << said_;
    EXPECT_NE(said_.find("| database (sqlite) | 30 min | "), std::string::npos) << said_;
    EXPECT_EQ(said_.find("| database (sqlite) | 30 min | **never**"), std::string::npos) << said_;
    EXPECT_EQ(said_.find("sqlite WAS NEVER"), std::string::npos) << said_;
}

TEST_F(EmbeddedRunbooksTest, ItGoesBackToBeforeAMistake) {
    serve();
    make_room("As it was");
    wait_until_backed_up();
    variables_["MOMENT"] = moment();
    variables_["DATABASE"] = (data() / "syncwatch.db").string();
    variables_["LOOK"] = (data() / "look.db").string();
    variables_["TABLE"] = "rooms";
    std::this_thread::sleep_for(20ms);
    ASSERT_EQ(client().as(token_).remove("/api/v1/rooms/" + code_).status, 204);
    ASSERT_EQ(name_of_room(), "");
    const std::string later = client().account("bob");
    wait_until_backed_up();

    carry_out("embedded-back-to-a-moment.md", "Only some rows");
    EXPECT_EQ(name_of_room(), "As it was");
    EXPECT_EQ(client().as(later).get("/api/v1/me").status, 200) << "nothing else is lost";
    lost();
    carry_out("embedded-back-to-a-moment.md", "All of it");
    expect_in_plan("database-mistake");
    EXPECT_EQ(name_of_room(), "As it was");
    EXPECT_EQ(client().as(later).get("/api/v1/me").status, 401) << "what came after is lost";
}

TEST_F(EmbeddedRunbooksTest, AFilmWhoseFolderIsGoneIsHealed) {
    // To prepare a film takes long.
    if (!harness::is_long_run() && !measures()) GTEST_SKIP() << "only with --long";
    serve();
    auto who = client();
    who.as(who.account("alice"));
    const std::string film = harness::upload_film(who, clip("film.mp4"));
    harness::expect_ready(who, film);
    const auto copied = [&] {
        return sh("syncwatch replicate status --json --config \"$CONFIG\"") == 0 &&
               said_.find("\"pending_objects\":0") != std::string::npos;
    };
    ASSERT_TRUE(harness::eventually(copied)) << said_;
    const fs::path folder = data() / "objects" / "videos" / film;
    const auto before = bytes_in(folder);
    fs::remove_all(folder);
    lost();
    carry_out("objects-lost.md");
    EXPECT_EQ(bytes_in(folder), before);
    const std::string master = who.get("/api/v1/videos/" + film).text_at("master");
    for (const std::string& stream : harness::entries(who, master)) {
        for (const std::string& piece : harness::entries(who, stream)) {
            EXPECT_EQ(who.get(piece).status, 200) << piece;
        }
    }
    note_time("objects: a film's folder is gone from the first store", format_size(before));
    expect_in_plan("objects-lost");
}

}  // namespace
}  // namespace syncwatch::runbooks
