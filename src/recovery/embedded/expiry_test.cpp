#include "recovery/embedded/expiry.h"

#include <algorithm>
#include <random>

#include <gtest/gtest.h>

#include "harness/embedded_backup_world.h"
#include "recovery/catalogue/hold.h"
#include "recovery/embedded/layout.h"

namespace syncwatch::recovery {
namespace {

using namespace std::chrono_literals;

const WallTime kStart = parse_rfc3339("2026-11-01T00:00:00Z").value();

/// What a repository may have come to have: generations with copies now and then, gaps between.
class History {
public:
    explicit History(std::uint64_t seed) : random_(seed) {
        const std::size_t count = 1 + random_() % 4;
        for (std::size_t i = 0; i < count; ++i) add_generation("g" + std::to_string(i));
    }
    const std::vector<Generation>& generations() const { return generations_; }
    WallTime now() const { return now_; }

    /// As it is when that is gone.
    static std::vector<Generation> without(std::vector<Generation> all, const Expired& gone) {
        for (Generation& each : all) {
            const std::string folder = generation_folder("c", each.id) + "/";
            std::erase_if(each.bases, [&](const BaseManifest& base) {
                return std::ranges::count(gone.copies, folder + "base/" + base.base) > 0;
            });
            std::erase_if(each.pieces, [&](const KnownPiece& piece) {
                return std::ranges::count(gone.pieces, folder + piece.name.path()) > 0;
            });
        }
        return all;
    }

private:
    void add_generation(const std::string& id) {
        Generation made;
        made.id = id;
        const std::uint64_t pieces = 1 + random_() % 40;
        now_ += std::chrono::hours(random_() % 100);
        for (std::uint64_t number = 1; number <= pieces; ++number) {
            PieceName name;
            name.number = number;
            name.first = now_;
            now_ += std::chrono::hours(1 + random_() % 6);
            name.whole_until = now_;
            made.pieces.push_back({name, 100});
            if (random_() % 7 != 0) continue;
            BaseManifest base;
            base.generation = id;
            base.base = id + "b" + std::to_string(number);
            base.from_piece = number;
            base.whole_from = now_;
            made.bases.push_back(base);
        }
        generations_.push_back(std::move(made));
    }

    std::mt19937_64 random_;
    WallTime now_ = kStart;
    std::vector<Generation> generations_;
};

/// The part of the windows that lies after a moment.
std::vector<Window> after(std::vector<Window> all, WallTime moment) {
    std::erase_if(all, [moment](const Window& each) { return each.to < moment; });
    if (!all.empty()) all.front().from = std::max(all.front().from, moment);
    return all;
}

TEST(ExpiryTest, EveryMomentThatIsToBeKeptCanStillBeReached) {
    std::uint64_t went = 0;
    for (std::uint64_t seed = 0; seed < 2000; ++seed) {
        SCOPED_TRACE(seed);
        const History history(seed);
        const KeepRule rule{std::chrono::hours(24 * (seed % 9)), seed % 3};
        const auto before = history.generations();
        const Expired gone = expired(before, "c", rule, history.now());
        went += gone.pieces.size();
        const auto left = History::without(before, gone);
        const WallTime horizon = history.now() - rule.keep;
        ASSERT_EQ(after(windows(left), horizon), after(windows(before), horizon));
        // The last copies reach what they reached.
        std::vector<const BaseManifest*> copies;
        for (const Generation& each : before) {
            for (const BaseManifest& base : each.bases) copies.push_back(&base);
        }
        std::ranges::sort(copies, {}, [](const auto* each) { return each->whole_from; });
        if (copies.size() > rule.copies)
            copies.erase(copies.begin(), copies.end() - static_cast<std::ptrdiff_t>(rule.copies));
        for (const BaseManifest* each : copies) {
            ASSERT_TRUE(plan_restore(left, each->whole_from)) << each->base;
        }
        ASSERT_TRUE(expired(left, "c", rule, history.now()).is_empty()) << "once is enough";
    }
    EXPECT_GT(went, 1000u) << "something does expire";
}

/// A list that is older than what is there lacks the newest.
std::vector<Generation> as_listed_before(std::vector<Generation> all, WallTime moment) {
    for (Generation& each : all) {
        std::erase_if(each.bases, [&](const auto& base) { return base.whole_from > moment; });
        std::erase_if(each.pieces,
                      [&](const auto& piece) { return piece.name.whole_until > moment; });
    }
    std::erase_if(all, [](const auto& each) { return each.bases.empty() && each.pieces.empty(); });
    return all;
}

TEST(ExpiryTest, WhatIsNotListedYetCostsNothing) {
    std::uint64_t went = 0;
    for (std::uint64_t seed = 0; seed < 2000; ++seed) {
        SCOPED_TRACE(seed);
        const History history(seed);
        const KeepRule rule{std::chrono::hours(24 * (seed % 9)), seed % 3};
        const auto all = history.generations();
        const Expired right = expired(all, "c", rule, history.now());
        const auto seen = as_listed_before(all, history.now() - std::chrono::hours(seed % 100));
        const Expired stale = expired(seen, "c", rule, history.now());
        for (const std::string& each : stale.manifests) {
            ASSERT_EQ(std::ranges::count(right.manifests, each), 1) << each;
        }
        for (const std::string& each : stale.pieces) {
            ASSERT_EQ(std::ranges::count(right.pieces, each), 1) << each;
        }
        went += stale.pieces.size();
    }
    EXPECT_GT(went, 1000u);
}

TEST(ExpiryTest, AGenerationThatIsJustBeginningStaysAndOneWithoutCopiesGoes) {
    Generation old;
    old.id = "a";
    PieceName name;
    name.number = 1;
    name.whole_until = kStart;
    old.pieces.push_back({name, 1});
    Generation fresh = old;
    fresh.id = "b";
    const Expired gone = expired({old, fresh}, "c", KeepRule{24h, 2}, kStart + 1h);
    ASSERT_EQ(gone.pieces.size(), 1u);
    EXPECT_TRUE(gone.pieces[0].starts_with(generation_folder("c", "a")));
    EXPECT_TRUE(gone.manifests.empty());
}

TEST(ExpiryTest, WhatCannotBeReadIsNotRemoved) {
    Generation damaged;
    damaged.id = "a";
    PieceName name;
    name.number = 1;
    damaged.pieces.push_back({name, 1});
    damaged.damaged = {"manifest"};
    Generation fresh;
    fresh.id = "b";
    EXPECT_TRUE(expired({damaged, fresh}, "c", KeepRule{24h, 2}, kStart).is_empty());
}

TEST(ExpiryTest, NothingIsRemovedWhileSomebodyRestores) {
    const TempFolder folder;
    FolderBackups place(folder.path() / "near");
    {
        Life life(folder.path() / "films.db", place);
        ASSERT_TRUE(life.wait_for_base());
        life.write("CREATE TABLE t (n int)");
        life.stop();
    }
    {
        Life life(folder.path() / "other.db", place);
        ASSERT_TRUE(life.wait_for_base());
        life.stop();
    }
    const SystemClock clock;
    Hold hold;
    hold.component = kEmbeddedComponent;
    hold.reader.uuid.bytes[0] = 1;
    Holder reader(must(RepositoryNames::of("test")), {{"near", &place}}, hold);
    const WallTime later = clock.wall() + 24h;
    must(run_to_end(reader.hold_until(later + 1h)));
    const auto expire_at = [&](WallTime now) {
        return must(run_to_end(expire_embedded(place, "test", KeepRule{1h, 1}, now)));
    };
    EXPECT_EQ(expire_at(later), 0u);
    EXPECT_TRUE(restore_to(place, folder.path() / "back.db"));
    EXPECT_GT(expire_at(later + 2h), 0u) << "of one that was killed it is forgotten";
    EXPECT_TRUE(restore_to(place, folder.path() / "again.db"));
}

}  // namespace
}  // namespace syncwatch::recovery
