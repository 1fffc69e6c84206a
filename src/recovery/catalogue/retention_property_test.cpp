#include <algorithm>
#include <random>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "harness/made_backups.h"
#include "recovery/catalogue/graph.h"
#include "recovery/catalogue/retention.h"

namespace syncwatch::recovery {
namespace {

using std::chrono::minutes;

constexpr int kSeeds = 300;

/// Some weeks of a database's backups in which things go wrong: logs have gaps, or fork; backups
/// take long; records are lost; looks find damage.
class Story {
public:
    explicit Story(unsigned seed) : random_(seed) {
        const int steps = number(5, 120);
        for (int i = 0; i < steps; ++i) step();
        for (const BackupRecord& each : made_.all) look_at(each);
        lose_some();
        retention.keep = minutes(number(1, now_ + 100));
        retention.keep_full = static_cast<std::uint64_t>(number(0, 4));
        now = minute(now_ + number(0, 200));
    }

    BackupHistory history;
    Retention retention;
    WallTime now;

private:
    int number(int least, int most) {
        return std::uniform_int_distribution<int>(least, most)(random_);
    }
    bool by_chance(int percent) { return number(1, 100) <= percent; }

    void step() {
        const int kind = number(1, 100);
        if (bases_.empty() || kind <= 12) {
            bases_ = {by_chance(30) ? made_.snapshot(now_) : made_.full(now_)};
            full_ = bases_.back();
            cut_ = by_chance(70);
        } else if (kind <= 25) {
            const bool on_last = by_chance(50);
            bases_.push_back(made_.diff(now_, {on_last ? bases_.back() : full_}));
            cut_ = by_chance(70);
        } else if (kind <= 30 && log_) {
            // One that took so long that it needs the last log.
            bases_ = {made_.full(now_)};
            made_.all.back().parents = {*log_};
            full_ = bases_.back();
        } else if (kind <= 85) {
            add_log();
        } else if (kind <= 90) {
            log_.reset();  // A gap.
        } else {
            now_ += number(0, 300);
        }
    }
    void add_log() {
        MadeBackups::Parents parents;
        if (log_) parents.push_back(*log_);
        if (cut_ || !log_) parents.push_back(bases_.back());
        cut_ = false;
        const int begin = now_;
        now_ += number(1, 60);
        const auto log = made_.log(begin, now_, std::move(parents));
        if (by_chance(95)) log_ = log;  // Otherwise the next one forks.
    }
    void look_at(const BackupRecord& record) {
        while (by_chance(20)) {
            const auto level = static_cast<VerifyLevel>(number(0, 2));
            const WallTime at = record.finished + minutes(number(0, 500));
            history.verifications.push_back(
                {record.id, at, level, by_chance(70), "", std::chrono::milliseconds(0), 0, {}});
        }
        if (by_chance(3)) history.pinned.insert(record.id);
    }
    void lose_some() {
        for (const BackupRecord& each : made_.all) {
            if (!by_chance(3)) history.records.push_back(each);
        }
        std::ranges::shuffle(history.records, random_);
    }

    std::mt19937 random_;
    MadeBackups made_;
    int now_ = 0;
    MadeBackups::Parents bases_;
    BackupId full_;
    std::optional<BackupId> log_;
    bool cut_ = false;  ///< The next log begins where a backup is.
};

std::vector<Window> kept_windows(const std::vector<BackupRecord>& records, WallTime start) {
    std::vector<Window> windows;
    for (Window each : recoverable(records)) {
        each.from = std::max(each.from, start);
        if (each.from <= each.to) windows.push_back(each);
    }
    return windows;
}

std::vector<BackupRecord> left_after(const std::vector<BackupRecord>& records,
                                     std::span<const BackupId> gone) {
    std::vector<BackupRecord> left;
    for (const BackupRecord& each : records) {
        if (std::ranges::find(gone, each.id) == gone.end()) left.push_back(each);
    }
    return left;
}

/// Those that their last look did not find damaged.
std::vector<BackupRecord> undamaged(const BackupHistory& history,
                                    std::vector<BackupRecord> records) {
    std::erase_if(records, [&](const BackupRecord& record) {
        const Verification* last = nullptr;
        for (const Verification& each : history.verifications) {
            if (each.backup == record.id && (last == nullptr || each.at >= last->at)) last = &each;
        }
        return last != nullptr && !last->sound;
    });
    return records;
}

/// The newest that its last look found sound.
std::optional<BackupId> last_verified(const BackupHistory& history) {
    std::optional<BackupId> last;
    WallTime newest{};
    for (const BackupRecord& record : history.records) {
        const Verification* look = nullptr;
        for (const Verification& each : history.verifications) {
            if (each.backup != record.id) continue;
            if (look == nullptr || each.at >= look->at) look = &each;
        }
        if (look == nullptr || !look->sound) continue;
        if (last && record.finished <= newest) continue;
        last = record.id;
        newest = record.finished;
    }
    return last;
}

WallTime finished(const BackupHistory& history, BackupId id) {
    return std::ranges::find(history.records, id, &BackupRecord::id)->finished;
}

TEST(RetentionPropertyTest, NoMomentOfTheKeptTimeIsEverLost) {
    int removed = 0;
    for (unsigned seed = 1; seed <= kSeeds; ++seed) {
        const Story story(seed);
        const auto expiry = expire(story.history, story.retention, story.now);
        removed += static_cast<int>(expiry.goes.size());
        const WallTime start = story.now - *story.retention.keep;
        const auto left = left_after(story.history.records, expiry.goes);
        EXPECT_EQ(kept_windows(left, start), kept_windows(story.history.records, start)) << seed;
        EXPECT_EQ(left.size(), expiry.stays.size()) << seed;
        EXPECT_EQ(kept_windows(undamaged(story.history, left), start),
                  kept_windows(undamaged(story.history, story.history.records), start))
            << seed << ", of what is not known to be damaged";
    }
    EXPECT_GT(removed, kSeeds * 5) << "what removes nothing loses nothing either";
}

TEST(RetentionPropertyTest, OnceMoreRemovesNothingMore) {
    for (unsigned seed = 1; seed <= kSeeds; ++seed) {
        Story story(seed);
        const auto expiry = expire(story.history, story.retention, story.now);
        story.history.records = left_after(story.history.records, expiry.goes);
        EXPECT_TRUE(expire(story.history, story.retention, story.now).goes.empty()) << seed;
    }
}

TEST(RetentionPropertyTest, WhateverMustNeverGoStays) {
    for (unsigned seed = 1; seed <= kSeeds; ++seed) {
        const Story story(seed);
        const auto expiry = expire(story.history, story.retention, story.now);
        const auto goes = [&](BackupId id) {
            return std::ranges::find(expiry.goes, id) != expiry.goes.end();
        };
        for (const BackupId& pinned : story.history.pinned) EXPECT_FALSE(goes(pinned)) << seed;
        if (const auto last = last_verified(story.history); last && goes(*last)) {
            // Another of the same minute may be the one.
            const bool has_twin = std::ranges::any_of(expiry.stays, [&](const Stay& each) {
                return finished(story.history, each.backup) == finished(story.history, *last);
            });
            EXPECT_TRUE(has_twin) << seed;
        }
        for (const Stay& each : expiry.stays) EXPECT_FALSE(each.why.empty()) << seed;
    }
}

/// As engines make them: a full one now and then, lighter ones on it or on the last.
MadeBackups made_by_an_engine(std::mt19937& random, int& now) {
    const auto number = [&](int least, int most) {
        return std::uniform_int_distribution<int>(least, most)(random);
    };
    MadeBackups made;
    BackupId full = made.full(0);
    BackupId last = full;
    for (int i = number(1, 40); i > 0; --i) {
        now += number(1, 90);
        const int kind = number(1, 10);
        if (kind <= 2) full = last = made.full(now);
        if (kind > 2) last = made.diff(now, {kind <= 6 ? full : last});
    }
    return made;
}

TEST(RetentionPropertyTest, WhatIsNotListedYetCostsNothing) {
    std::size_t removed = 0;
    for (unsigned seed = 1; seed <= kSeeds * 10; ++seed) {
        std::mt19937 random(seed);
        int last = 0;
        BackupHistory history;
        history.records = made_by_an_engine(random, last).all;
        const Retention retention{minutes(1 + random() % 1500), random() % 3};
        const WallTime now = minute(last + static_cast<int>(random() % 500));
        const auto right = expire(history, retention, now);
        history.records.resize(history.records.size() - random() % history.records.size());
        for (const BackupId& each : expire(history, retention, now).goes) {
            ++removed;
            EXPECT_NE(std::ranges::find(right.goes, each), right.goes.end()) << seed;
        }
    }
    EXPECT_GT(removed, kSeeds * 5u);
}

TEST(RetentionPropertyTest, WhoeverStopsInTheMiddleLeavesNothingThatStandsOnAir) {
    for (unsigned seed = 1; seed <= kSeeds; ++seed) {
        const Story story(seed);
        const auto expiry = expire(story.history, story.retention, story.now);
        const BackupGraph graph(story.history.records);
        std::set<BackupId> left;
        for (const BackupRecord& each : story.history.records) left.insert(each.id);
        const auto stands = [&](const BackupRecord& child) {
            const bool stays = std::ranges::find(expiry.goes, child.id) == expiry.goes.end();
            // Of a log that stays the bytes may be all that is needed.
            if (child.kind == BackupKind::Log) return !stays && left.contains(child.id);
            return left.contains(child.id) && graph.needs(child).has_value();
        };
        for (const BackupId& id : expiry.goes) {
            for (const BackupRecord* child : graph.children(id)) {
                EXPECT_FALSE(stands(*child)) << seed;
            }
            left.erase(id);
        }
    }
}

}  // namespace
}  // namespace syncwatch::recovery
