#include "recovery/embedded/packing.h"

#include <random>

#include <gtest/gtest.h>

#include "harness/embedded_backup_world.h"
#include "harness/numbered_writes.h"
#include "recovery/embedded/expiry.h"
#include "recovery/embedded/pack.h"

namespace syncwatch::recovery {
namespace {

using Names = std::vector<PieceName>;

PieceName numbered(std::uint64_t number, std::uint64_t pack_to = 0) {
    const auto n = static_cast<std::int64_t>(number);
    const auto last = static_cast<std::int64_t>(pack_to == 0 ? number : pack_to);
    PieceName name;
    name.number = number;
    name.pack_to = pack_to;
    name.first = from_micros(n * 10 + 1);
    name.whole_until = from_micros(last * 10 + 9);
    return name;
}

/// What packs make shorter is the pieces from `from` to `to`, ten bytes each.
Generation row(std::uint64_t from, std::uint64_t to) {
    Generation made;
    made.id = "g";
    for (std::uint64_t n = from; n <= to; ++n) made.pieces.push_back({numbered(n), 10});
    return made;
}

std::string shape(const std::vector<Names>& runs) {
    std::string out;
    for (const Names& run : runs) {
        out += fmt::format("{}-{} ", run.front().number, run.back().number);
    }
    return out;
}

TEST(PackingTest, RunsEndAtGapsAtUnknownTimesAndWhereTheyAreLongEnough) {
    const PackRule tens{10, 1000};
    EXPECT_EQ(shape(runs_to_pack(row(1, 9), tens)), "") << "the end of a generation";
    EXPECT_EQ(shape(runs_to_pack(row(1, 25), tens)), "1-9 10-19 ");
    EXPECT_EQ(shape(runs_to_pack(row(1, 12), PackRule{10, 40})), "1-4 5-8 ") << "9 is alone";
    Generation torn = row(1, 25);
    torn.pieces.erase(torn.pieces.begin() + 4);
    torn.pieces[12].name.times_unknown = true;  // Number 14.
    EXPECT_EQ(shape(runs_to_pack(torn, tens)), "1-4 6-9 10-13 15-19 ");
    Generation packed = row(5, 25);
    packed.pieces.insert(packed.pieces.begin(), {numbered(1, 4), 40});
    EXPECT_EQ(shape(runs_to_pack(packed, tens)), "5-9 10-19 ");
    EXPECT_EQ(shape(runs_to_pack(Generation(), tens)), "");
}

TEST(PackingTest, APackIsNamedByItsPiecesAndSaysSo) {
    const PieceName name = pack_name(Names{numbered(7), numbered(8), numbered(9)});
    EXPECT_EQ(name.path(), "log/0000000/0000000007-0000000009.71.99");
    EXPECT_EQ(PieceName::parse(name.text()).value(), name);
    for (const char* odd :
         {"0000000007-0000000007.71.99", "0000000007-0000000006.71.99", "0000000007-.71.99",
          "0000000007-0000000009.71.99.u", "-0000000009.71.99", "0000000007-0000000000.71.99"}) {
        EXPECT_FALSE(PieceName::parse(odd)) << odd;
    }
}

/// A log of many pieces, and what was in the database when.
class PackedLogTest : public testing::Test {
protected:
    static constexpr PackRule kFives{5, 1 << 20};

    void SetUp() override {
        Life life(folder_.path() / "test.db", backups_);
        life.write(NumberedWrites::kTables);
        ASSERT_TRUE(life.wait_for_base());
        for (int n = 1; n <= 40; ++n) {
            life.write(NumberedWrites::nth(n));
            known_.emplace_back(life.clock.wall(), n);
            ASSERT_TRUE(life.ship_all());
        }
        life.stop();
    }
    std::vector<Generation> seen() { return must(run_to_end(survey(backups_, "test"))); }
    Packer::Done round(Packer& packer) { return must(run_to_end(packer.go_round())); }
    fs::path into() { return folder_.path() / fmt::format("restored-{}", next_++); }
    void expect_every_moment() {
        for (std::size_t i = 0; i < known_.size(); i += 3) {
            const auto& [moment, n] = known_[i];
            const fs::path to = into();
            const auto restored = restore_to(backups_, to, moment);
            ASSERT_TRUE(restored) << n << ": " << restored.error().message;
            EXPECT_EQ(NumberedWrites::in(to), n);
        }
    }

    TempFolder folder_;
    FolderBackups backups_{folder_.path() / "backups"};
    std::vector<std::pair<WallTime, int>> known_;
    int next_ = 0;
};

TEST_F(PackedLogTest, WhatCouldBeRestoredStillCanFromFewObjects) {
    const auto before = seen();
    const auto reached = windows(before);
    const std::size_t pieces = before[0].pieces.size();
    ASSERT_GE(pieces, 40u);
    Packer packer(backups_, "test", kFives);
    const Packer::Done first = round(packer);
    EXPECT_EQ(first.removed, 0u) << "somebody may be reading them";
    EXPECT_GE(first.packed, pieces - 10);
    EXPECT_EQ(windows(seen()), reached);
    EXPECT_EQ(seen()[0].packed.size(), first.packed);
    expect_every_moment();
    const Packer::Done second = round(packer);
    EXPECT_EQ(second.removed, first.packed);
    EXPECT_EQ(second.packed, 0u);
    EXPECT_EQ(windows(seen()), reached);
    EXPECT_TRUE(seen()[0].packed.empty());
    EXPECT_LE(seen()[0].pieces.size(), pieces / 5 + 10);
    expect_every_moment();

    // The next process goes on with it, and its copies may begin in the middle of a pack.
    Life life(folder_.path() / "test.db", backups_);
    life.write(NumberedWrites::nth(41));
    ASSERT_TRUE(life.ship_all());
    life.stop();
    EXPECT_EQ(seen().size(), 1u) << "no generation of its own";
    const fs::path latest = into();
    must(restore_to(backups_, latest));
    EXPECT_EQ(NumberedWrites::in(latest), 41);
}

TEST_F(PackedLogTest, WhoeverWasStoppedAnywhereCanBeFollowedByAnother) {
    std::mt19937 chance(5);
    for (int lives = 0; lives < 6; ++lives) {
        Packer packer(backups_, "test", kFives);
        round(packer);
        // As killed in the middle of removing: a part is gone.
        for (const Generation& each : seen()) {
            const std::string folder = generation_folder("test", each.id) + "/";
            for (const PieceName& name : each.packed) {
                if (chance() % 3 == 0) must(run_to_end(backups_.remove(folder + name.path())));
            }
        }
    }
    expect_every_moment();
    Packer last(backups_, "test", kFives);
    round(last);
    round(last);
    EXPECT_TRUE(seen()[0].packed.empty());
    expect_every_moment();
}

TEST_F(PackedLogTest, NothingGoesForAPackThatIsDamagedAndWhatIsDamagedIsNotPacked) {
    // A piece is broken before it is packed.
    const fs::path piece = backups_.files("/0000000007.")[0];
    fs::resize_file(piece, fs::file_size(piece) - 1);
    Packer packer(backups_, "test", kFives);
    const Packer::Done first = round(packer);
    ASSERT_EQ(first.damaged.size(), 1u);
    EXPECT_NE(first.damaged[0].find("0000000005-0000000009"), std::string::npos)
        << first.damaged[0];
    // A pack is broken after it was made, by somebody else than who removes.
    const fs::path pack = backups_.files("/0000000010-")[0];
    fs::permissions(pack, fs::perms::owner_write, fs::perm_options::add);
    fs::resize_file(pack, fs::file_size(pack) - 1);
    Packer other(backups_, "test", kFives);
    EXPECT_EQ(round(other).removed, 0u);
    const Packer::Done second = round(other);
    EXPECT_GT(second.removed, 0u) << "of the others";
    EXPECT_FALSE(backups_.files("/0000000012.").empty());
    ASSERT_FALSE(second.damaged.empty());
    EXPECT_NE(second.damaged[0].find("a pack of the log is damaged"), std::string::npos)
        << second.damaged[0];
}

TEST_F(PackedLogTest, APackExpiresWhenNothingInItIsNeeded) {
    auto all = seen();
    Generation& made = all[0];
    ASSERT_EQ(made.bases.size(), 1u);
    BaseManifest later = made.bases[0];
    later.base = "later";
    later.from_piece = 12;
    later.whole_from = made.pieces[12].name.whole_until;
    made.bases.push_back(later);
    std::vector<KnownPiece> packed{{numbered(1, 9), 1}, {numbered(10, 19), 1}};
    packed.insert(packed.end(), made.pieces.begin() + 19, made.pieces.end());
    made.pieces = packed;
    made.packed = {numbered(3), numbered(14)};
    const auto gone = expired(all, "test", KeepRule{std::chrono::seconds(0), 1},
                              later.whole_from + std::chrono::hours(24));
    const std::string folder = generation_folder("test", made.id) + "/";
    EXPECT_EQ(gone.pieces, (std::vector<std::string>{folder + numbered(1, 9).path(),
                                                     folder + numbered(3).path()}));
}

}  // namespace
}  // namespace syncwatch::recovery
