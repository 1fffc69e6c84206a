#include "services/rooms/join_grant.h"

#include <gtest/gtest.h>

#include "harness/seeded_random.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

DatedGrant some_grant() {
    SeededRandom random;
    DatedGrant dated;
    std::array<std::uint8_t, RoomCode::kLength> bytes{};
    random.fill(bytes);
    dated.grant.room = RoomCode::make(bytes);
    dated.issued = from_micros(1'790'000'000'123'456);
    dated.lifetime = 30s;
    dated.grant.who.user = random.make_id<UserId>(dated.issued);
    dated.grant.who.session = random.make_id<SessionId>(dated.issued);
    dated.grant.who.kind = UserKind::User;
    dated.grant.who.admin = true;
    dated.grant.who.display_name = "Zoë";
    dated.grant.role = Role::Moderator;
    dated.grant.address = "2001:db8:1:2::/64";
    return dated;
}

TEST(JoinGrantTest, WhatIsWrittenIsRead) {
    const DatedGrant dated = some_grant();
    const auto read = decode_grant(encode_grant(dated));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->issued, dated.issued);
    EXPECT_EQ(read->lifetime, dated.lifetime);
    EXPECT_EQ(read->grant.room, dated.grant.room);
    EXPECT_EQ(read->grant.who.user, dated.grant.who.user);
    EXPECT_EQ(read->grant.who.session, dated.grant.who.session);
    EXPECT_EQ(read->grant.who.kind, UserKind::User);
    EXPECT_TRUE(read->grant.who.admin);
    EXPECT_EQ(read->grant.who.display_name, "Zoë");
    EXPECT_EQ(read->grant.role, Role::Moderator);
    EXPECT_EQ(read->grant.address, "2001:db8:1:2::/64");
}

TEST(JoinGrantTest, TheLeastGrantIsReadToo) {
    const auto read = decode_grant(encode_grant(DatedGrant()));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->grant.who.kind, UserKind::Guest);
    EXPECT_FALSE(read->grant.who.admin);
    EXPECT_EQ(read->grant.role, Role::Viewer);
    EXPECT_EQ(read->grant.who.display_name, "");
}

TEST(JoinGrantTest, WhatIsCutOrLongerIsNone) {
    std::vector<std::uint8_t> bytes = encode_grant(some_grant());
    for (std::size_t length = 0; length < bytes.size(); ++length) {
        const auto read = decode_grant(ByteView(bytes).first(length));
        ASSERT_FALSE(read) << length;
        EXPECT_EQ(read.error().code, ErrorCode::Unauthenticated);
    }
    bytes.push_back(0);
    EXPECT_FALSE(decode_grant(bytes));
}

TEST(JoinGrantTest, AnotherVersionAndUnknownRolesAreNone) {
    const std::vector<std::uint8_t> bytes = encode_grant(some_grant());
    const auto with = [&](std::size_t at, std::uint8_t value) {
        std::vector<std::uint8_t> changed = bytes;
        changed[at] = value;
        return decode_grant(changed).has_value();
    };
    constexpr std::size_t kRoom = 11;
    constexpr std::size_t kKind = 53;
    EXPECT_TRUE(with(0, 1));
    EXPECT_FALSE(with(0, 2)) << "version";
    EXPECT_FALSE(with(kRoom, '-'));
    EXPECT_FALSE(with(kRoom, '\0'));
    EXPECT_FALSE(with(kKind, 2));
    EXPECT_FALSE(with(kKind + 1, 2)) << "admin";
    EXPECT_FALSE(with(kKind + 2, 3)) << "role";
}

}  // namespace
}  // namespace syncwatch
