#include "gateway/api/room_api.h"

#include <gtest/gtest.h>

#include "harness/api_world.h"
#include "harness/json_text.h"

namespace syncwatch::http {
namespace {

namespace json = boost::json;

class RoomApiTest : public testing::Test {
protected:
    RouterClient::Answer make_room(json::object body) {
        if (!body.contains("name")) body["name"] = "Film night";
        return alice_.post("/api/v1/rooms", body);
    }
    std::string path_of(const RouterClient::Answer& made) {
        return "/api/v1/rooms/" + text(made.at("code"));
    }

    ApiWorld world_;
    RouterClient alice_ = world_.client(world_.token_of("alice"));
    RouterClient bob_ = world_.client(world_.token_of("bob"));
    RouterClient guest_ = world_.client(world_.guest_token("Gus"));
};

TEST_F(RoomApiTest, ARoomIsMadeReadChangedAndDeleted) {
    const auto made = make_room({{"name", "Film night"}, {"control", "host"}, {"capacity", 3}});
    ASSERT_EQ(made.status, 201) << made.text;
    EXPECT_EQ(made.at("room").at("code"), made.at("code"));
    EXPECT_EQ(text(made.at("code")).size(), 11u);
    EXPECT_EQ(made.at("control"), "host");
    EXPECT_EQ(made.at("visibility"), "unlisted");
    EXPECT_EQ(made.at("hold"), "everyone");
    EXPECT_EQ(made.at("capacity").to_number<int>(), 3);
    EXPECT_EQ(made.at("has_password"), false);
    EXPECT_EQ(made.at("owner_name"), "alice");
    EXPECT_EQ(made.at("mine"), true);
    EXPECT_EQ(made.at("present").to_number<int>(), 0);
    EXPECT_TRUE(made.at("members").as_array().empty());
    EXPECT_TRUE(parse_rfc3339(text(made.at("created_at"))));

    const auto seen = world_.client().get(path_of(made));
    EXPECT_EQ(seen.status, 200);
    EXPECT_EQ(seen.at("mine"), false);
    const auto changed = alice_.patch(path_of(made), {{"name", "Other"}, {"hold", "none"}});
    EXPECT_EQ(changed.status, 200) << changed.text;
    EXPECT_EQ(changed.at("name"), "Other");
    EXPECT_EQ(changed.at("hold"), "none");
    EXPECT_EQ(bob_.patch(path_of(made), {{"name", "Mine"}}).code(), "forbidden");
    EXPECT_EQ(bob_.remove(path_of(made)).status, 403);
    EXPECT_EQ(alice_.remove(path_of(made)).status, 204);
    EXPECT_EQ(alice_.get(path_of(made)).status, 404);
}

TEST_F(RoomApiTest, ACodeIsTakenAsPeopleTypeItAndAnythingElseIsNotFound) {
    const auto made = make_room({});
    std::string code = text(made.at("code"));
    code.erase(code.find('-'), 1);
    for (char& c : code) c = static_cast<char>(std::tolower(c));
    EXPECT_EQ(alice_.get("/api/v1/rooms/" + code).status, 200);
    for (const char* wrong : {"x", "00000-00000", "00000-0000U", "7K3F9-QZ0XM7"}) {
        const auto answer = alice_.get("/api/v1/rooms/" + std::string(wrong));
        EXPECT_EQ(answer.status, 404) << wrong;
        EXPECT_EQ(answer.code(), "not_found") << wrong;
    }
}

TEST_F(RoomApiTest, TheDoorShowsWhatIsOnUnlessAPasswordKeepsStrangersOut) {
    const auto made = make_room({});
    EXPECT_TRUE(bob_.get(path_of(made)).at("film").is_null());
    RoomFilm film;
    film.video = VideoId::parse("01939f2e-7000-7abc-8def-0123456789ab").value();
    film.title = "Big Buck Bunny";
    film.poster = film.master = "/media/FILM/V/poster.jpg";
    film.door_poster = "/media/T/V/poster.jpg";
    world_.films.films[film.video] = {film, UserId()};
    SavedPlayback saved;
    saved.room = RoomCode::parse(text(made.at("code"))).value();
    saved.playback.item = ItemId::parse("01939f2e-7100-7abc-8def-0123456789ab").value();
    saved.playback.video = film.video;
    saved.playback.stamp = {1, 0, "n"};
    ASSERT_TRUE(run_to_end(world_.playback.save({saved})));

    const json::object shown{{"title", "Big Buck Bunny"}, {"poster", "/media/T/V/poster.jpg"}};
    EXPECT_EQ(bob_.get(path_of(made)).at("film"), shown);
    ASSERT_EQ(alice_.patch(path_of(made), {{"password", "open sesame"}}).status, 200);
    EXPECT_TRUE(guest_.get(path_of(made)).at("film").is_null());
    EXPECT_EQ(alice_.get(path_of(made)).at("film"), shown);
    EXPECT_TRUE(guest_.get(path_of(made)).at("members").as_array().empty());

    ASSERT_EQ(alice_.patch(path_of(made), {{"password", nullptr}}).status, 200);
    ASSERT_EQ(alice_.post(path_of(made) + "/bans", {{"address", "192.0.2.9"}}).status, 201);
    EXPECT_EQ(bob_.get(path_of(made)).at("film"), shown);
    for (auto banned : {bob_.from("192.0.2.9"), world_.client().from("192.0.2.9")}) {
        EXPECT_TRUE(banned.get(path_of(made)).at("film").is_null());
        EXPECT_TRUE(banned.get(path_of(made)).at("members").as_array().empty());
    }
}

TEST_F(RoomApiTest, EveryWrongFieldOfARoomIsNamedAtOnce) {
    const auto answer = alice_.post("/api/v1/rooms", {{"name", ""},
                                                      {"control", "nobody"},
                                                      {"visibility", 1},
                                                      {"hold", "x"},
                                                      {"capacity", 0},
                                                      {"password", 5}});
    EXPECT_EQ(answer.status, 422);
    std::vector<std::string> fields;
    for (const auto& each : answer.at("errors").as_array())
        fields.push_back(text(each.at("field")));
    EXPECT_EQ(fields, (std::vector<std::string>{"name", "control", "visibility", "hold", "capacity",
                                                "password"}));
    EXPECT_EQ(alice_.post("/api/v1/rooms", json::object()).status, 422);
    EXPECT_EQ(make_room({{"capacity", 1001}}).status, 422);
    EXPECT_EQ(make_room({{"capacity", 1000}}).status, 201);
    EXPECT_EQ(make_room({{"capacity", 1}}).status, 201);
}

TEST_F(RoomApiTest, NobodyAndGuestsMakeNoRooms) {
    EXPECT_EQ(world_.client().post("/api/v1/rooms", {{"name", "x"}}).status, 401);
    EXPECT_EQ(guest_.post("/api/v1/rooms", {{"name", "x"}}).status, 403);
}

TEST_F(RoomApiTest, TheListHasMyRoomsAndPublicOnes) {
    const auto mine = make_room({{"name", "Mine"}});
    const auto open = bob_.post("/api/v1/rooms", {{"name", "Open"}, {"visibility", "public"}});
    (void)bob_.post("/api/v1/rooms", {{"name", "Hidden"}});
    const auto names = [](const RouterClient::Answer& answer) {
        std::vector<std::string> out;
        for (const auto& each : answer.at("rooms").as_array()) out.push_back(text(each.at("name")));
        return out;
    };
    EXPECT_EQ(names(alice_.get("/api/v1/rooms")), (std::vector<std::string>{"Mine", "Open"}));
    EXPECT_EQ(names(world_.client().get("/api/v1/rooms")), (std::vector<std::string>{"Open"}));
    auto stale = world_.client(std::string(43, 'x'));
    EXPECT_EQ(names(stale.get("/api/v1/rooms")), (std::vector<std::string>{"Open"}))
        << "a session that ended reads as a stranger does";
}

TEST_F(RoomApiTest, JoiningGivesTheMemberAndAOneUsePathToTheSocket) {
    const auto made = make_room({});
    const auto joined = guest_.post(path_of(made) + "/join", json::object());
    ASSERT_EQ(joined.status, 200) << joined.text;
    EXPECT_EQ(joined.at("room").at("code"), made.at("code"));
    const auto& member = joined.at("member");
    EXPECT_EQ(member.at("name"), "Gus");
    EXPECT_EQ(member.at("kind"), "guest");
    EXPECT_EQ(member.at("role"), "viewer");
    EXPECT_EQ(member.at("state"), "joining");
    EXPECT_EQ(member.at("host"), false);
    EXPECT_TRUE(member.at("drift_ms").is_null());
    EXPECT_TRUE(member.at("voice").is_null());
    const std::string start = path_of(made) + "/ws?ticket=";
    const std::string ws = text(joined.at("ws"));
    ASSERT_TRUE(ws.starts_with(start)) << ws;
    const auto grant = world_.tickets.redeem(ws.substr(start.size()));
    ASSERT_TRUE(grant);
    EXPECT_EQ(grant->who.user.text(), text(member.at("id")));
    EXPECT_EQ(alice_.post(path_of(made) + "/join", json::object()).at("member").at("role"),
              "owner");
    EXPECT_EQ(world_.client().post(path_of(made) + "/join", json::object()).status, 401);
}

TEST_F(RoomApiTest, APasswordKeepsStrangersOut) {
    const auto made = make_room({{"password", "popcorn"}});
    EXPECT_EQ(made.at("has_password"), true);
    EXPECT_EQ(made.text.find("popcorn"), std::string::npos);
    const std::string join = path_of(made) + "/join";
    EXPECT_EQ(guest_.post(join, json::object()).code(), "wrong_password");
    EXPECT_EQ(guest_.post(join, {{"password", "nachos"}}).code(), "wrong_password");
    EXPECT_EQ(guest_.post(join, {{"password", "popcorn"}}).status, 200);
    EXPECT_EQ(alice_.patch(path_of(made), {{"password", nullptr}}).at("has_password"), false);
    EXPECT_EQ(guest_.post(join, json::object()).status, 200);
}

TEST_F(RoomApiTest, FiveWrongPasswordsLockTheAddressOut) {
    const auto made = make_room({{"password", "popcorn"}});
    const std::string join = path_of(made) + "/join";
    for (int i = 0; i < 5; ++i) (void)guest_.post(join, {{"password", "nachos"}});
    const auto answer = guest_.post(join, {{"password", "popcorn"}});
    EXPECT_EQ(answer.code(), "locked_out");
    EXPECT_FALSE(answer.field("Retry-After").empty());
    EXPECT_EQ(bob_.from("198.51.100.7").post(join, {{"password", "popcorn"}}).status, 200);
}

TEST_F(RoomApiTest, AFullRoomSaysSo) {
    const auto made = make_room({{"capacity", 2}});
    const std::string join = path_of(made) + "/join";
    EXPECT_EQ(bob_.post(join, json::object()).status, 200);
    EXPECT_EQ(guest_.post(join, json::object()).status, 200);
    const auto answer = world_.client(world_.guest_token("Third")).post(join, json::object());
    EXPECT_EQ(answer.status, 409);
    EXPECT_EQ(answer.code(), "room_full");
}

TEST_F(RoomApiTest, ABanHoldsUntilItIsLifted) {
    const auto made = make_room({});
    const auto joined = guest_.post(path_of(made) + "/join", json::object());
    const std::string bans = path_of(made) + "/bans";
    const auto member = joined.at("member").at("id");
    EXPECT_EQ(bob_.post(bans, {{"member", member}}).status, 403);
    const auto ban = alice_.post(bans, {{"member", member}, {"seconds", 60}});
    ASSERT_EQ(ban.status, 201) << ban.text;
    EXPECT_EQ(ban.at("ban").at("user"), member);
    EXPECT_EQ(ban.at("name"), "Gus");
    EXPECT_EQ(ban.at("kind"), "guest");
    EXPECT_TRUE(ban.at("address").is_null());
    EXPECT_EQ(to_micros(parse_rfc3339(text(ban.at("until"))).value()),
              to_micros(parse_rfc3339(text(ban.at("created_at"))).value()) + 60'000'000);
    const auto refused = guest_.post(path_of(made) + "/join", json::object());
    EXPECT_EQ(refused.status, 403);
    EXPECT_EQ(refused.code(), "banned");
    EXPECT_EQ(alice_.get(bans).at("bans").as_array().size(), 1u);
    EXPECT_EQ(bob_.get(bans).status, 403);
    EXPECT_EQ(alice_.remove(bans + "/" + text(ban.at("id"))).status, 204);
    EXPECT_EQ(alice_.remove(bans + "/" + text(ban.at("id"))).status, 404);
    EXPECT_EQ(guest_.post(path_of(made) + "/join", json::object()).status, 200);
}

TEST_F(RoomApiTest, ABanNamesSomebodyAndATimeThatMakesSense) {
    const auto made = make_room({});
    const std::string bans = path_of(made) + "/bans";
    const std::string past = format_rfc3339(world_.clock.wall() - std::chrono::hours(1));
    const std::string soon = format_rfc3339(world_.clock.wall() + std::chrono::hours(1));
    const json::value wrong[] = {
        json::object{},
        {{"member", "x"}},
        {{"user", 7}},
        {{"address", "300.1.1.1"}},
        {{"address", "192.0.2.9"}, {"seconds", 0}},
        {{"address", "192.0.2.9"}, {"until", past}},
        {{"address", "192.0.2.9"}, {"until", "tomorrow"}},
        {{"address", "192.0.2.9"}, {"until", soon}, {"seconds", 5}},
    };
    for (const json::value& body : wrong) EXPECT_EQ(alice_.post(bans, body).status, 422) << body;
    const auto ban = alice_.post(bans, {{"address", "192.0.2.9"}, {"until", soon}});
    ASSERT_EQ(ban.status, 201) << ban.text;
    EXPECT_EQ(text(ban.at("until")), soon);
    EXPECT_EQ(ban.at("address"), "192.0.2.9");
    EXPECT_TRUE(ban.at("user").is_null());
    EXPECT_EQ(guest_.from("192.0.2.9").post(path_of(made) + "/join", json::object()).code(),
              "banned");
}

}  // namespace
}  // namespace syncwatch::http
