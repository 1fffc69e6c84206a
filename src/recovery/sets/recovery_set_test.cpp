#include "recovery/sets/recovery_set.h"

#include <algorithm>
#include <random>

#include <gtest/gtest.h>

namespace syncwatch::recovery {
namespace {

using namespace std::chrono_literals;

WallTime minute(int count) {
    return WallTime(std::chrono::minutes(count));
}

Window span(int from, int to) {
    return {minute(from), minute(to)};
}

Window at(int moment) {
    return span(moment, moment);
}

TEST(RecoverySetTest, WithoutAWishItIsTheNewestMomentOfTheDatabase) {
    const auto set = recovery_set({{"sqlite", {span(1, 10), span(20, 30)}},
                                   {"redis", {at(5), at(25), at(31)}},
                                   {"config", {at(2), at(40)}, true}},
                                  "sqlite", std::nullopt);
    ASSERT_TRUE(set);
    EXPECT_EQ(set->moment, minute(30));
    EXPECT_EQ(set->find("sqlite")->as_of, minute(30));
    EXPECT_EQ(set->find("redis")->as_of, minute(25));
    EXPECT_EQ(set->find("redis")->newer, minute(31)) << "left aside, and said";
    EXPECT_EQ(set->behind(*set->find("redis")), 5min);
    EXPECT_EQ(set->find("config")->as_of, minute(2));
    EXPECT_EQ(set->find("config")->newer, minute(40));
    EXPECT_EQ(set->find("objects"), nullptr);
}

TEST(RecoverySetTest, SettingsOfALaterMomentAreBetterThanNone) {
    const auto set = recovery_set(
        {{"config", {at(7), at(9)}, true}, {"redis", {at(7)}}, {"sqlite", {span(1, 5)}}}, "sqlite",
        minute(3));
    ASSERT_TRUE(set);
    EXPECT_EQ(set->find("config")->as_of, minute(7)) << "the nearest";
    EXPECT_TRUE(set->find("config")->is_later);
    EXPECT_EQ(set->find("config")->newer, minute(9));
    EXPECT_EQ(set->find("redis")->as_of, std::nullopt);
    EXPECT_EQ(set->behind(*set->find("redis")), std::nullopt) << "all of it is lost";
    EXPECT_EQ(set->find("sqlite")->newer, minute(5));
}

TEST(RecoverySetTest, AMomentThatTheDatabaseHasNotIsRefusedWithThoseThatItHas) {
    const std::vector<SetSource> sources{{"pg", {span(1, 5), span(8, 9)}}, {"redis", {at(6)}}};
    const auto between = recovery_set(sources, "pg", minute(6));
    ASSERT_FALSE(between);
    EXPECT_EQ(between.error().reason, "moment_unreachable");
    EXPECT_NE(between.error().message.find("1970-01-01T00:08:00.000Z to"), std::string::npos)
        << between.error().message;
    EXPECT_EQ(recovery_set(sources, "sqlite", std::nullopt).error().reason, "no_backups");
    EXPECT_EQ(recovery_set({{"pg", {}}}, "pg", std::nullopt).error().reason, "no_backups");
}

/// Windows as an installation may have them: a database with gaps, and snapshots now and then.
class Made {
public:
    explicit Made(unsigned seed) : random_(seed) {
        sources_.push_back({"sqlite", windows(30)});
        sources_.push_back({"redis", windows(0)});
        sources_.push_back({"config", windows(0), true});
        sources_.push_back({"secrets", windows(0), true});
    }
    int draw(int most) { return std::uniform_int_distribution<int>(0, most)(random_); }
    const std::vector<SetSource>& sources() const { return sources_; }
    /// A moment that the database has, as often as not.
    std::optional<WallTime> wish() {
        if (draw(2) == 0) return std::nullopt;
        return minute(draw(400));
    }

private:
    std::vector<Window> windows(int longest) {
        std::vector<Window> made(static_cast<std::size_t>(draw(6)));
        for (Window& each : made) {
            const int from = draw(400);
            each = span(from, from + (longest > 0 ? draw(longest) : 0));
        }
        return made;
    }

    std::mt19937 random_;
    std::vector<SetSource> sources_;
};

bool has(const std::vector<Window>& windows, WallTime moment) {
    return std::ranges::any_of(windows, [&](const Window& each) { return each.has(moment); });
}

/// Checks one part against every moment of its windows, one by one.
void expect_best(const SetSource& source, const SetPart& part, WallTime moment) {
    std::optional<WallTime> best;
    std::optional<WallTime> first_later;
    std::optional<WallTime> newest;
    for (int i = 0; i <= 440; ++i) {
        if (!has(source.windows, minute(i))) continue;
        if (minute(i) <= moment) best = minute(i);
        if (minute(i) > moment && !first_later) first_later = minute(i);
        newest = minute(i);
    }
    const bool is_later = !best && source.may_be_later && first_later.has_value();
    EXPECT_EQ(part.as_of, is_later ? first_later : best) << source.component;
    EXPECT_EQ(part.is_later, is_later);
    const bool is_left = newest && *newest > moment && newest != part.as_of;
    EXPECT_EQ(part.newer, is_left ? newest : std::nullopt) << source.component;
}

TEST(RecoverySetTest, EachPartIsTheNewestThatIsNotAfterTheMomentWhateverThereIs) {
    int sets = 0;
    for (unsigned seed = 0; seed < 400; ++seed) {
        SCOPED_TRACE(seed);
        Made made(seed);
        const auto wish = made.wish();
        const auto& database = made.sources().front().windows;
        const auto set = recovery_set(made.sources(), "sqlite", wish);
        const bool can = wish ? has(database, *wish) : !database.empty();
        ASSERT_EQ(set.has_value(), can);
        if (!set) continue;
        ++sets;
        EXPECT_TRUE(has(database, set->moment));
        if (wish) {
            EXPECT_EQ(set->moment, *wish);
        } else {
            EXPECT_EQ(set->moment, std::ranges::max_element(database, {}, &Window::to)->to);
        }
        ASSERT_EQ(set->parts.size(), made.sources().size());
        for (std::size_t i = 0; i < set->parts.size(); ++i) {
            expect_best(made.sources()[i], set->parts[i], set->moment);
        }
    }
    EXPECT_GT(sets, 100) << "or else nothing was tried";
}

TEST(RecoverySetTest, ALaterMomentNeverBringsBackAnEarlierPart) {
    for (unsigned seed = 0; seed < 40; ++seed) {
        Made made(seed);
        std::optional<RecoverySet> before;
        for (int i = 0; i <= 440; ++i) {
            auto set = recovery_set(made.sources(), "sqlite", minute(i));
            if (!set) continue;
            for (std::size_t part = 0; before && part < set->parts.size(); ++part) {
                const SetPart& was = before->parts[part];
                if (was.is_later || !was.as_of) continue;
                ASSERT_TRUE(set->parts[part].as_of) << seed;
                EXPECT_GE(*set->parts[part].as_of, *was.as_of) << seed;
            }
            before = *std::move(set);
        }
    }
}

TEST(RecoverySetTest, WindowsThatTouchAreOne) {
    EXPECT_EQ(joined_windows({span(5, 9), span(1, 5), at(7), at(20)}),
              (std::vector<Window>{span(1, 9), at(20)}));
    EXPECT_EQ(latest_until({span(1, 5), at(9)}, minute(0)), std::nullopt);
    EXPECT_EQ(latest_until({span(1, 5), at(9)}, minute(7)), minute(5));
}

}  // namespace
}  // namespace syncwatch::recovery
