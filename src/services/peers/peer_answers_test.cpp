#include "services/peers/peer_answers.h"

#include <map>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <gtest/gtest.h>

#include "adapters/memory/memory_bus.h"
#include "adapters/system/sodium_sealer.h"
#include "harness/sim_world.h"
#include "ports/topics.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

class PeerAnswersTest : public testing::Test {
protected:
    /// One node, and what it has.
    struct Node {
        Node(PeerAnswersTest& test, KeyStore::Key key = {}, PeerAnswers::Options options = {})
            : sealer(key, test.world_),
              answers({test.bus_, sealer, test.world_, test.world_}, options) {
            answers.serve(
                "room", [this](const std::string& subject) { return has.contains(subject); },
                [this](const std::string& subject, const PeerAnswers::Told& told) {
                    ++told_;
                    if (!silent) told(has.at(subject));
                });
            listening = answers.listen(test.world_.executor());
        }
        std::map<std::string, std::string> has;
        bool silent = false;
        int told_ = 0;
        SodiumSealer sealer;
        PeerAnswers answers;
        std::unique_ptr<Bus::Subscription> listening;
    };

    void ask(Node& node, const std::string& subject, std::vector<std::string>& heard) {
        auto asking = [](PeerAnswers* answers, std::string what,
                         std::vector<std::string>* out) -> net::awaitable<void> {
            const auto answer = co_await answers->ask("room", what);
            out->push_back(answer ? *answer : "unknown");
        };
        net::co_spawn(world_.executor(), asking(&node.answers, subject, &heard),
                      [](const std::exception_ptr& fault) { EXPECT_FALSE(fault); });
    }
    std::vector<std::string> answers_to(Node& node, const std::string& subject) {
        std::vector<std::string> heard;
        ask(node, subject, heard);
        world_.run_for(1s);
        return heard;
    }

    SimWorld world_;
    MemoryBus bus_;
};

using Answers = std::vector<std::string>;

TEST_F(PeerAnswersTest, OneOfThoseWhoHaveItTellsItAtOnce) {
    Node asker(*this);
    Node one(*this);
    Node other(*this);
    one.has["r1"] = other.has["r1"] = "a room";
    std::vector<std::string> heard;
    ask(asker, "r1", heard);
    world_.settle();
    EXPECT_EQ(heard, Answers{"a room"});
    EXPECT_EQ(one.told_ + other.told_, 1);
}

TEST_F(PeerAnswersTest, WhatNobodyHasIsUnknownAfterLessThanASecond) {
    Node asker(*this);
    Node other(*this);
    other.has["r1"] = "a room";
    std::vector<std::string> heard;
    ask(asker, "r2", heard);
    world_.run_for(799ms);
    EXPECT_TRUE(heard.empty());
    world_.run_for(1ms);
    EXPECT_EQ(heard, Answers{"unknown"});
}

TEST_F(PeerAnswersTest, WhoDoesNotTellIsPassedByAndWhoComesLaterIsHeard) {
    Node asker(*this);
    Node dead(*this);
    dead.has["r1"] = "never said";
    dead.silent = true;
    std::vector<std::string> heard;
    ask(asker, "r1", heard);
    world_.run_for(100ms);
    dead.has.clear();
    Node late(*this);
    late.has["r1"] = "a room";
    world_.run_for(200ms);
    EXPECT_EQ(heard, Answers{"a room"});
}

TEST_F(PeerAnswersTest, ThoseWhoAskForTheSameShareTheAnswer) {
    Node asker(*this);
    Node other(*this);
    other.has["r1"] = "a room";
    std::vector<std::string> heard;
    for (int i = 0; i < 5; ++i) ask(asker, "r1", heard);
    world_.settle();
    EXPECT_EQ(heard, Answers(5, "a room"));
    EXPECT_EQ(other.told_, 1);
    for (int i = 0; i < 2; ++i) ask(asker, "r2", heard);
    world_.run_for(801ms);
    EXPECT_EQ(heard.size(), 7U);
}

TEST_F(PeerAnswersTest, NobodyElseUnderstandsOrAnswersOrRepeatsIt) {
    std::vector<std::string> said;
    const auto ear = bus_.subscribe(topics::kPeerAnswers, world_.executor(),
                                    [&](const std::string& payload) { said.push_back(payload); });
    Node asker(*this);
    Node other(*this);
    other.has["r1"] = "the secret of the room";
    EXPECT_EQ(answers_to(asker, "r1"), Answers{"the secret of the room"});
    for (const std::string& each : said) EXPECT_EQ(each.find("secret"), std::string::npos);
    // What answered one question does not answer another, also one for the same.
    const std::string old = said.back().substr(said.back().rfind(' ') + 1);
    other.has.clear();
    Node stranger(*this, KeyStore::Key{1, 2, 3});
    stranger.has["r1"] = "made up";
    const auto repeating =
        bus_.subscribe(topics::kPeerAnswers, world_.executor(), [&](const std::string& payload) {
            if (!payload.starts_with("who ")) return;
            bus_.publish(topics::kPeerAnswers, "told " + payload.substr(4, 24) + ' ' + old);
        });
    EXPECT_EQ(answers_to(asker, "r1"), Answers{"unknown"});
}

TEST_F(PeerAnswersTest, QuestionsAndAnswersAreBounded) {
    PeerAnswers::Options options;
    options.most_asked = 2;
    options.most_bytes = 10;
    Node asker(*this, {}, options);
    Node other(*this, {}, options);
    other.has["large"] = "eleven byte";
    EXPECT_EQ(answers_to(asker, "large"), Answers{"unknown"});
    std::vector<std::string> heard;
    for (const char* each : {"r1", "r2", "r3"}) ask(asker, each, heard);
    world_.settle();
    EXPECT_EQ(heard, Answers{"unknown"}) << "the third does not wait";
    world_.run_for(1s);
    other.has["r1"] = "ten bytes.";
    EXPECT_EQ(answers_to(asker, "r1"), Answers{"ten bytes."}) << "there is room again";
}

TEST_F(PeerAnswersTest, WhatIsNotOfTheProtocolIsPassedBy) {
    Node asker(*this);
    Node other(*this);
    other.has["r1"] = "a room";
    for (const char* each :
         {"", " ", "who", "who 1", "who 1 room", "who 1 film r1", "mine", "mine 1", "tell",
          "tell 1 2", "told", "told 1", "told 1 x", "what 1 room r1"}) {
        bus_.publish(topics::kPeerAnswers, each);
    }
    EXPECT_EQ(answers_to(asker, "r1"), Answers{"a room"});
}

}  // namespace
}  // namespace syncwatch
