#pragma once
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "contract/media_fixture.h"
#include "ports/part_store.h"

namespace syncwatch {

/// Parts of films, on either engine. `Made`: MadeSqlStores.
template <class Made>
class PartsOfFilms : public MediaFixture<Made> {
protected:
    using Part = std::optional<PartJob>;

    PartStore& parts() { return this->made_.parts(); }
    /// A job whose film has these parts on offer.
    Job offered(std::vector<FilmPart> offer) {
        this->probing(this->account());
        const Job job = this->claimed();
        EXPECT_TRUE(this->advance(job, this->planned()));
        EXPECT_TRUE(run_to_end(parts().offer(job.lease(), std::move(offer))));
        return job;
    }
    Part helped(const std::string& name = "helper", WallTime now = MediaFixture<Made>::kNow) {
        return run_to_end(parts().claim_part(name, now, this->kMinute, 2)).value();
    }
    Result<> made(const Part& part, int number) {
        const std::string key = segment_key(part->video, 1, "v720", number);
        return run_to_end(parts().advance_part(part->lease, {this->segment("v720", number)},
                                               {this->object(key)}, number + 1, this->kNow));
    }
    std::optional<FilmPart> taken(const Job& job, WallTime now = MediaFixture<Made>::kNow) {
        return run_to_end(parts().take_part(job.lease(), now)).value();
    }
};

TYPED_TEST_SUITE_P(PartsOfFilms);

TYPED_TEST_P(PartsOfFilms, EachPartHasOneMakerTheEarliestFirst) {
    const Job job = this->offered({{30, 60, 30}, {60, 90, 60}, {90, 120, 90}});
    EXPECT_FALSE(this->helped("worker")) << "its own film";
    const auto first = this->helped();
    ASSERT_TRUE(first);
    EXPECT_EQ(first->part, (FilmPart{30, 60, 30}));
    EXPECT_EQ(first->video, job.video);
    EXPECT_EQ(first->edition, 1);
    EXPECT_EQ(first->plan, "the plan");
    EXPECT_EQ(this->taken(job), (FilmPart{60, 90, 60}));
    EXPECT_EQ(this->helped("another")->part, (FilmPart{90, 120, 90}));
    EXPECT_FALSE(this->taken(job));
    EXPECT_FALSE(this->helped());
}

TYPED_TEST_P(PartsOfFilms, WhatAMakerLeavesIsGoneOnWithBehindItsLastSegment) {
    const Job job = this->offered({{30, 60, 30}});
    const auto first = this->helped();
    ASSERT_TRUE(this->made(first, 30));
    ASSERT_TRUE(this->made(first, 31));
    const WallTime later = this->kNow + 2 * this->kMinute;
    const auto second = this->helped("another", later);
    ASSERT_TRUE(second);
    EXPECT_EQ(second->part.next, 32);
    EXPECT_EQ(this->made(first, 32).error().reason, "lease_lost");
    EXPECT_EQ(run_to_end(this->parts().renew_part(first->lease, later)).error().reason,
              "lease_lost");
    ASSERT_TRUE(run_to_end(this->parts().release_part(second->lease, PartStore::Counts::No)));
    EXPECT_EQ(this->taken(job, later), (FilmPart{30, 60, 32}));
    EXPECT_EQ(run_to_end(this->parts().made_by_helpers(job.id, 31)).value(),
              std::vector{this->segment("v720", 31)});
    EXPECT_TRUE(
        run_to_end(this->ledger().find_object(segment_key(first->video, 1, "v720", 30))).value());
}

TYPED_TEST_P(PartsOfFilms, APartThatIsMadeOrFailedTwiceIsNobodysAndAllGoWithTheJob) {
    const Job job = this->offered({{30, 31, 30}, {60, 90, 60}});
    const auto whole = this->helped();
    ASSERT_TRUE(this->made(whole, 30));
    ASSERT_TRUE(run_to_end(this->parts().release_part(whole->lease, PartStore::Counts::Yes)));
    for (int i = 0; i < 2; ++i) {
        const auto part = this->helped();
        ASSERT_TRUE(part);
        EXPECT_EQ(part->part.first, 60);
        ASSERT_TRUE(run_to_end(this->parts().release_part(part->lease, PartStore::Counts::Yes)));
    }
    EXPECT_FALSE(this->helped());
    ASSERT_TRUE(run_to_end(this->parts().offer(job.lease(), {{30, 31, 30}, {60, 90, 60}})));
    EXPECT_FALSE(this->helped()) << "they were offered before";
    EXPECT_EQ(this->taken(job), (FilmPart{60, 90, 60}));
    ASSERT_TRUE(run_to_end(this->jobs().cancel(job.video)));
    EXPECT_TRUE(run_to_end(this->parts().made_by_helpers(job.id, 0)).value().empty());
    EXPECT_EQ(run_to_end(this->parts().take_part(job.lease(), this->kNow)).error().reason,
              "lease_lost");
}

REGISTER_TYPED_TEST_SUITE_P(PartsOfFilms, EachPartHasOneMakerTheEarliestFirst,
                            WhatAMakerLeavesIsGoneOnWithBehindItsLastSegment,
                            APartThatIsMadeOrFailedTwiceIsNobodysAndAllGoWithTheJob);

}  // namespace syncwatch
