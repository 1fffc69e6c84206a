#include "adapters/notify/mail_notifier.h"

#include <fstream>

#include <gtest/gtest.h>

#include "adapters/notify/letter.h"
#include "adapters/system/system_clock.h"
#include "base/async/run_to_end.h"
#include "base/encoding.h"
#include "harness/mail_server.h"
#include "harness/temp_folder.h"

namespace syncwatch::notify {
namespace {

using namespace std::chrono_literals;
using Manner = MailServer::Manner;

class MailNotifierTest : public testing::Test {
protected:
    MailNotifierTest() { std::ofstream(secret_) << "ada\npass word\n"; }

    static Notice late_backup() {
        Notice notice;
        notice.key = "backup.pg.overdue";
        notice.turn = Notice::Turn::Begins;
        notice.severity = Severity::Warning;
        notice.what = "it is late";
        return notice;
    }
    struct How {
        bool encrypted = true;
        bool signs_in = true;
        bool trusts = true;
    };
    Result<> tell(const MailServer& server, How how) {
        Reach reach;
        reach.url = server.url();
        if (how.signs_in) reach.credentials_file = secret_.string();
        if (how.trusts) reach.ca_file = certificate_.certificate.string();
        MailNotifier mail(
            std::move(reach),
            {"watch@example.org", {"ada@example.org", "bo@example.org"}, how.encrypted}, caller_);
        return run_to_end(mail.tell(late_backup()));
    }
    static Caller::Options impatient() {
        Caller::Options options;
        options.connect_deadline = 2s;
        options.mail_deadline = 2s;
        options.mail_reply_deadline = 1s;
        return options;
    }

    TempFolder folder_;
    const std::filesystem::path secret_ = folder_.path() / "mail";
    const harness::Certificate certificate_ = harness::make_certificate(folder_.path());
    Caller caller_{impatient()};
};

TEST_F(MailNotifierTest, ItIsHandedOverEncryptedAndSignedIn) {
    for (const Manner manner : {Manner::StartTls, Manner::Tls}) {
        MailServer server(manner, certificate_);
        const auto told = tell(server, {});
        ASSERT_TRUE(told) << told.error().message;
        const auto mails = server.mails();
        ASSERT_EQ(mails.size(), 1U);
        const MailServer::Mail& mail = mails.front();
        EXPECT_TRUE(mail.encrypted);
        const std::string user("\0ada\0pass word", 14);
        EXPECT_EQ(mail.user, encode_base64(as_bytes(user)));
        EXPECT_TRUE(mail.from.starts_with("<watch@example.org>")) << mail.from;
        EXPECT_EQ(mail.to, (std::vector<std::string>{"<ada@example.org>", "<bo@example.org>"}));
        std::string expected =
            letter(late_backup(), "watch@example.org", {"ada@example.org", "bo@example.org"});
        std::erase(expected, '\r');
        EXPECT_EQ(mail.letter, expected);
    }
}

TEST_F(MailNotifierTest, NothingIsSaidInTheClearUnlessThePlanWantsIt) {
    MailServer server(Manner::Plain, certificate_);
    const auto told = tell(server, {});
    ASSERT_FALSE(told);
    EXPECT_EQ(told.error().code, ErrorCode::Forbidden) << told.error().message;
    EXPECT_TRUE(server.mails().empty());
    ASSERT_TRUE(tell(server, {.encrypted = false, .signs_in = false}));
    ASSERT_EQ(server.mails().size(), 1U);
    EXPECT_FALSE(server.mails().front().encrypted);
    EXPECT_EQ(server.mails().front().user, "");
}

TEST_F(MailNotifierTest, AStrangersCertificateIsNotTrusted) {
    for (const Manner manner : {Manner::StartTls, Manner::Tls}) {
        MailServer server(manner, certificate_);
        EXPECT_EQ(tell(server, {.trusts = false}).error().code, ErrorCode::Forbidden);
        EXPECT_TRUE(server.mails().empty());
    }
}

TEST_F(MailNotifierTest, WhoRefusesHangsOrNeverEndsIsLeft) {
    SystemClock real;
    const Instant begun = real.now();
    {
        MailServer server(Manner::Refuses, certificate_);
        EXPECT_EQ(tell(server, {}).error().code, ErrorCode::Forbidden);
    }
    {
        MailServer server(Manner::Hangs, certificate_);
        EXPECT_EQ(tell(server, {}).error().code, ErrorCode::Timeout);
    }
    {
        MailServer server(Manner::Babbles, certificate_);
        EXPECT_FALSE(tell(server, {}));
    }
    EXPECT_LT(real.now() - begun, 20s);
}

}  // namespace
}  // namespace syncwatch::notify
