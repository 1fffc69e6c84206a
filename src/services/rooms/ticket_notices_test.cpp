#include "services/rooms/ticket_notices.h"

#include <gtest/gtest.h>

namespace syncwatch {
namespace {

TicketNotice revoked() {
    TicketNotice notice;
    notice.kind = TicketNotice::Kind::Revoked;
    notice.issued = from_micros(1'790'000'000'123'456);
    notice.room = RoomCode::parse("7K3F9QZ0XM").value();
    notice.user = UserId::parse("01920000-0000-7000-8000-000000000001").value();
    notice.address = "2001:db8:1:2::/64";
    return notice;
}

TEST(TicketNoticesTest, WhatIsSaidIsUnderstood) {
    TicketNotice used;
    used.issued = from_micros(5);
    used.hash = sha256(as_bytes("ticket"));
    EXPECT_EQ(parse_ticket_notice(text(used)), used);
    EXPECT_EQ(parse_ticket_notice(text(revoked())), revoked());
    TicketNotice of_address = revoked();
    of_address.user.reset();
    EXPECT_EQ(parse_ticket_notice(text(of_address)), of_address);
}

TEST(TicketNoticesTest, WhatIsNoAddressIsNotSaid) {
    TicketNotice odd = revoked();
    odd.address = "x user=y";
    TicketNotice understood = odd;
    understood.address.clear();
    EXPECT_EQ(parse_ticket_notice(text(odd)), understood);
}

TEST(TicketNoticesTest, WhatANewerNodeSaysIsPassedBy) {
    EXPECT_EQ(parse_ticket_notice("sold issued=5"), std::nullopt);
    EXPECT_EQ(parse_ticket_notice(text(revoked()) + " why=spam loud"), revoked());
}

TEST(TicketNoticesTest, WhatIsDamagedIsPassedBy) {
    const std::string hash = " hash=" + encode_hex(sha256(as_bytes("ticket")));
    EXPECT_TRUE(parse_ticket_notice("used issued=5" + hash));
    for (const std::string& each :
         {std::string(), "used" + hash, "used issued=" + hash, "used issued=5x" + hash,
          std::string("used issued=5 hash=00"), std::string("used issued=5 hash=zz"),
          std::string("revoked issued=5 room=-"), std::string("revoked issued=5 user=me")}) {
        EXPECT_EQ(parse_ticket_notice(each), std::nullopt) << each;
    }
}

}  // namespace
}  // namespace syncwatch
