#pragma once
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "contract/media_fixture.h"
#include "ports/replica_ledger.h"

namespace syncwatch {

/// What every implementation of ReplicaLedger keeps. `Made` as for MediaFixture, and with
/// `ReplicaLedger& replicas()` over the same lines as `ledger()`.
template <class Made>
class ReplicaLedgerContract : public MediaFixture<Made> {
protected:
    ReplicaLedger& replicas() { return this->made_.replicas(); }
    StoredBlob recorded(const std::string& key, WallTime at, std::uint8_t mark = 7) {
        const StoredBlob made = this->object(key, mark);
        EXPECT_TRUE(run_to_end(this->ledger().record({made}, at)));
        return made;
    }
    LedgerLine line(const std::string& key) {
        return run_to_end(replicas().find_line(key)).value().value();
    }
    std::vector<std::string> unreplicated(int limit, WallTime now) {
        return keys(run_to_end(replicas().claim_unreplicated(limit, now, now + this->kMinute)));
    }
    std::vector<std::string> unverified(WallTime before, WallTime now) {
        return keys(run_to_end(replicas().claim_unverified(10, before, now, now + this->kMinute)));
    }
    std::vector<std::string> faulty(WallTime now) {
        return keys(run_to_end(replicas().claim_faulty(10, now, now + this->kMinute)));
    }
    static std::vector<std::string> keys(const Result<std::vector<StoredBlob>>& objects) {
        std::vector<std::string> out;
        if (!objects) return {objects.error().message};
        for (const StoredBlob& each : *objects) out.push_back(each.key);
        return out;
    }
    using Keys = std::vector<std::string>;
};

TYPED_TEST_SUITE_P(ReplicaLedgerContract);

TYPED_TEST_P(ReplicaLedgerContract, WhatWaitsForACopyIsTakenOldestFirstByOneAtATime) {
    const auto now = this->kNow;
    this->recorded("b", now);
    const StoredBlob oldest = this->recorded("c", now - this->kMinute);
    this->recorded("a", now);
    auto backlog = run_to_end(this->replicas().backlog()).value();
    EXPECT_EQ(backlog.objects, 3u);
    EXPECT_EQ(backlog.bytes, 300u);
    EXPECT_EQ(backlog.oldest, now - this->kMinute);
    EXPECT_EQ(this->unreplicated(2, now), (std::vector<std::string>{"c", "a"}));
    EXPECT_EQ(this->unreplicated(2, now), std::vector<std::string>{"b"}) << "c and a are taken";
    EXPECT_EQ(this->unreplicated(9, now + 2 * this->kMinute).size(), 3u) << "who had them is gone";

    EXPECT_TRUE(run_to_end(this->replicas().note_replicated(oldest, now)).value());
    EXPECT_EQ(this->line("c").replicated_at, now);
    EXPECT_EQ(this->line("c").created_at, now - this->kMinute);
    EXPECT_FALSE(this->line("c").verified_at);
    backlog = run_to_end(this->replicas().backlog()).value();
    EXPECT_EQ(backlog.objects, 2u);
    EXPECT_EQ(backlog.oldest, now);
}

TYPED_TEST_P(ReplicaLedgerContract, NobodyWantsACopyOfWhatIsDoomedOrNew) {
    const auto now = this->kNow;
    const VideoId film = this->probing(this->account());
    const StoredBlob old = this->recorded(init_key(film, 1, "v720", 0), now);
    const StoredBlob stays = this->recorded("videos", now);
    EXPECT_TRUE(run_to_end(this->replicas().is_wanted(old)).value());
    ASSERT_TRUE(run_to_end(this->videos().remove(film)));
    EXPECT_FALSE(run_to_end(this->replicas().is_wanted(old)).value());
    EXPECT_FALSE(run_to_end(this->replicas().note_replicated(old, now)).value());
    EXPECT_TRUE(run_to_end(this->replicas().is_wanted(stays)).value());
    const StoredBlob other = this->object("videos", 9);
    EXPECT_FALSE(run_to_end(this->replicas().note_replicated(other, now)).value());
    EXPECT_FALSE(run_to_end(this->replicas().is_wanted(other)).value());
    EXPECT_FALSE(run_to_end(this->replicas().find_line("nothing")).value());
}

TYPED_TEST_P(ReplicaLedgerContract, TheLookThatIsLongestAgoComesFirst) {
    const auto now = this->kNow;
    const StoredBlob a = this->recorded("a", now);
    const StoredBlob b = this->recorded("b", now);
    this->recorded("c", now);
    const auto one = ReplicaLedger::Copies::One;
    ASSERT_TRUE(run_to_end(this->replicas().note_verified(a, one, now - this->kMinute)));
    ASSERT_TRUE(run_to_end(this->replicas().note_verified(b, one, now - 2 * this->kMinute)));
    EXPECT_FALSE(this->line("b").replicated_at);
    auto coverage = run_to_end(this->replicas().coverage(now - this->kMinute)).value();
    EXPECT_EQ(coverage.objects, 3u);
    EXPECT_EQ(coverage.bytes, 300u);
    EXPECT_EQ(coverage.verified_objects, 1u);
    EXPECT_EQ(coverage.verified_bytes, 100u);
    EXPECT_FALSE(coverage.oldest) << "nobody ever looked at c";
    EXPECT_EQ(this->unverified(now, now), (std::vector<std::string>{"c", "b", "a"}));
    EXPECT_TRUE(this->unverified(now, now).empty());
    const StoredBlob c = this->object("c");
    ASSERT_TRUE(run_to_end(this->replicas().note_verified(c, ReplicaLedger::Copies::Two, now)));
    EXPECT_EQ(this->line("c").replicated_at, now) << "it was seen there";
    const auto later = now + 2 * this->kMinute;
    EXPECT_EQ(this->unverified(now, later), (std::vector<std::string>{"b", "a"}));
    coverage = run_to_end(this->replicas().coverage(now)).value();
    EXPECT_EQ(coverage.oldest, now - 2 * this->kMinute);
    EXPECT_EQ(coverage.newest, now);
}

TYPED_TEST_P(ReplicaLedgerContract, OneThatSomebodyWaitsForIsTakenByItself) {
    const auto now = this->kNow;
    const StoredBlob bad = this->recorded("b", now);
    const StoredBlob also = this->recorded("a", now);
    const auto claimed = [&](const std::string& key, WallTime at) {
        const auto found =
            run_to_end(this->replicas().claim_line(key, at, now + this->kMinute)).value();
        return found ? found->key : "nothing";
    };
    EXPECT_EQ(claimed("b", now), "nothing") << "it has no fault";
    for (const StoredBlob& each : {bad, also}) {
        ASSERT_TRUE(run_to_end(this->replicas().note_fault(each, ObjectFault::Damaged, now)));
    }
    EXPECT_EQ(claimed("b", now), "b");
    EXPECT_EQ(claimed("b", now), "nothing") << "somebody is at it";
    EXPECT_EQ(this->faulty(now), std::vector<std::string>{"a"});
    EXPECT_EQ(claimed("b", now + this->kMinute), "b") << "who had it is gone";
    EXPECT_EQ(claimed("c", now), "nothing");
}

TYPED_TEST_P(ReplicaLedgerContract, AFaultIsKeptUntilItIsRepaired) {
    const auto now = this->kNow;
    const StoredBlob a = this->recorded("a", now);
    const StoredBlob b = this->recorded("b", now);
    ASSERT_TRUE(run_to_end(this->replicas().note_fault(a, ObjectFault::Damaged, now)));
    ASSERT_TRUE(run_to_end(this->replicas().note_fault(b, ObjectFault::Lost, now + this->kMinute)));
    EXPECT_TRUE(this->unreplicated(9, now + this->kMinute).empty());
    EXPECT_EQ(this->faulty(now), std::vector<std::string>{"a"});
    ASSERT_TRUE(run_to_end(this->replicas().postpone(a, now)));
    EXPECT_EQ(this->faulty(now + this->kMinute), (std::vector<std::string>{"a", "b"}));
    const auto lines = run_to_end(this->replicas().faulty(10)).value();
    ASSERT_EQ(lines.size(), 2u);
    EXPECT_EQ(lines[0].fault, ObjectFault::Damaged);
    EXPECT_EQ(lines[1].fault, ObjectFault::Lost);
    const auto coverage = run_to_end(this->replicas().coverage(now)).value();
    EXPECT_EQ(coverage.damaged, 1u);
    EXPECT_EQ(coverage.lost, 1u);
    ASSERT_TRUE(run_to_end(this->replicas().note_verified(a, ReplicaLedger::Copies::Two, now)));
    EXPECT_EQ(this->line("a").fault, ObjectFault::None);
    this->recorded("b", now, 9);
    EXPECT_EQ(this->line("b").fault, ObjectFault::None) << "it is another object now";
}

TYPED_TEST_P(ReplicaLedgerContract, WhatIsStoredAnewWasCopiedByNobody) {
    const auto now = this->kNow;
    const StoredBlob a = this->recorded("a", now);
    ASSERT_TRUE(run_to_end(this->replicas().note_verified(a, ReplicaLedger::Copies::Two, now)));
    this->recorded("a", now + this->kMinute);
    EXPECT_TRUE(this->line("a").replicated_at) << "the same bytes";
    this->recorded("a", now + this->kMinute, 8);
    EXPECT_FALSE(this->line("a").replicated_at);
    EXPECT_FALSE(this->line("a").verified_at);
    EXPECT_EQ(this->line("a").created_at, now + this->kMinute);
}

TYPED_TEST_P(ReplicaLedgerContract, AnotherSecondStoreHasNothingYet) {
    const auto now = this->kNow;
    EXPECT_TRUE(run_to_end(this->replicas().use_second("file:/b")).value());
    const StoredBlob a = this->recorded("a", now);
    ASSERT_TRUE(run_to_end(this->replicas().note_replicated(a, now)).value());
    EXPECT_FALSE(run_to_end(this->replicas().use_second("file:/b")).value());
    EXPECT_TRUE(this->line("a").replicated_at);
    EXPECT_TRUE(run_to_end(this->replicas().use_second("file:/c")).value());
    EXPECT_FALSE(this->line("a").replicated_at);
}

TYPED_TEST_P(ReplicaLedgerContract, LinesAreReadPageByPageInTheOrderOfTheirKeys) {
    const auto now = this->kNow;
    for (const char* key : {"v/1/a", "v/1-/a", "v/10/a", "v/1.a", "v0", "v", "u/1", "v/1/b"}) {
        this->recorded(key, now);
    }
    const auto page = [&](const std::string& after, int limit) {
        std::vector<std::string> out;
        const auto lines = run_to_end(this->replicas().lines("v", after, limit)).value();
        for (const LedgerLine& each : lines) {
            out.push_back(each.object.key);
        }
        return out;
    };
    EXPECT_EQ(page("", 3), (std::vector<std::string>{"v/1-/a", "v/1.a", "v/1/a"}));
    EXPECT_EQ(page("v/1/a", 3), (std::vector<std::string>{"v/1/b", "v/10/a"}));
    EXPECT_TRUE(page("v/10/a", 3).empty());
}

TYPED_TEST_P(ReplicaLedgerContract, WhatIsDoomedIsNotUnknown) {
    const VideoId film = this->probing(this->account());
    const VideoId other = this->probing(this->account());
    const StoredBlob kept = this->recorded(init_key(film, 1, "v720", 0), this->kNow);
    ASSERT_TRUE(run_to_end(this->videos().remove(other)));
    const std::vector<std::string> asked = {
        init_key(film, 1, "v720", 0), segment_key(film, 1, "v720", 0),
        segment_key(other, 1, "v720", 0), video_prefix(other), "nothing"};
    EXPECT_EQ(run_to_end(this->replicas().unknown_of(asked)).value(),
              (std::vector<std::string>{asked[1], "nothing"}));
    EXPECT_TRUE(run_to_end(this->replicas().unknown_of({})).value().empty());
    ASSERT_TRUE(run_to_end(this->ledger().leave_behind(video_prefix(other), this->kNow)));
    EXPECT_EQ(run_to_end(this->replicas().unknown_of(asked)).value().size(), 2u)
        << "what was left in the second store is known";
}

REGISTER_TYPED_TEST_SUITE_P(ReplicaLedgerContract, WhatWaitsForACopyIsTakenOldestFirstByOneAtATime,
                            NobodyWantsACopyOfWhatIsDoomedOrNew, TheLookThatIsLongestAgoComesFirst,
                            OneThatSomebodyWaitsForIsTakenByItself, AFaultIsKeptUntilItIsRepaired,
                            WhatIsStoredAnewWasCopiedByNobody, AnotherSecondStoreHasNothingYet,
                            LinesAreReadPageByPageInTheOrderOfTheirKeys, WhatIsDoomedIsNotUnknown);

}  // namespace syncwatch
