#include "apps/backup/keyed_repository.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "adapters/filesystem/folder_repository.h"
#include "apps/backup/kept_key.h"
#include "base/async/run_to_end.h"
#include "harness/contents_of.h"
#include "harness/recovery_key.h"
#include "harness/seeded_random.h"
#include "harness/temp_folder.h"

namespace syncwatch::apps {
namespace {

namespace fs = std::filesystem;
using encrypted::RepositoryKey;
using filesystem::FolderRepository;

class KeyedRepositoryTest : public testing::Test {
protected:
    KeyedRepositoryTest() {
        for (const char* each : {"ada", "bo", "stranger"}) {
            harness::make_recovery_key(folder_.path() / each);
        }
    }
    std::string recipient(const char* who) { return harness::public_half(folder_.path() / who); }
    std::unique_ptr<BackupRepository> place() {
        return FolderRepository::open(folder_.path() / "place", pool_).value();
    }
    KeyedRepository keyed(const RepositoryKey& key, std::vector<std::string> recipients) {
        return {place(), KeyedRepository::Lock{key, std::move(recipients)}, pool_};
    }
    KeyedRepository open() { return {place(), std::nullopt, pool_}; }
    static std::string reason_of(const Result<>& result) {
        return result ? "none" : std::string(result.error().reason);
    }
    static std::string reason_of(const Result<std::string>& result) {
        return result ? "none" : std::string(result.error().reason);
    }
    Result<> create(BackupRepository& repository, const char* name) {
        return run_to_end(repository.create(name, std::string("film night")));
    }
    Result<std::string> read(BackupRepository& repository, const char* name) {
        return run_to_end(repository.read(name));
    }
    Result<RepositoryKey> recover(const char* who) {
        const auto plain = place();
        return run_to_end(recover_key(*plain, folder_.path() / who, pool_));
    }
    std::size_t kept() {
        std::size_t count = 0;
        for (const auto& each : fs::recursive_directory_iterator(folder_.path() / "place/v1/key")) {
            count += each.path().extension() == ".age" ? 1 : 0;
        }
        return count;
    }

    TempFolder folder_;
    net::thread_pool pool_{2};
    SeededRandom random_;
    const RepositoryKey key_ = RepositoryKey::make(random_);
    const RepositoryKey other_ = RepositoryKey::make(random_);
};

TEST_F(KeyedRepositoryTest, WhoeverHasARecoveryKeyHasItsKey) {
    auto made = keyed(key_, {recipient("ada"), recipient("bo")});
    EXPECT_EQ(recover("ada").error().reason, "not_encrypted");
    ASSERT_TRUE(create(made, "v1/cluster/x"));
    for (const char* who : {"ada", "bo"}) EXPECT_EQ(recover(who).value().id(), key_.id()) << who;
    EXPECT_EQ(recover("stranger").error().reason, "wrong_key");
    const std::string there = contents_of(folder_.path() / "place/v1/cluster/x");
    EXPECT_EQ(there.find("film night"), std::string::npos);
    // Another machine, without anybody named: what it can read it may add to.
    auto again = keyed(key_, {});
    EXPECT_EQ(read(again, "v1/cluster/x").value(), "film night");
    EXPECT_TRUE(create(again, "v1/cluster/y"));
    EXPECT_EQ(kept(), 1u);
}

TEST_F(KeyedRepositoryTest, WhoIsNamedLaterCanOpenIt) {
    auto made = keyed(key_, {recipient("ada")});
    ASSERT_TRUE(create(made, "v1/cluster/x"));
    EXPECT_EQ(recover("bo").error().reason, "wrong_key");
    auto later = keyed(key_, {recipient("bo"), recipient("ada")});
    EXPECT_EQ(read(later, "v1/cluster/x").value(), "film night");
    EXPECT_EQ(kept(), 1u) << "who only reads changes nothing";
    ASSERT_TRUE(create(later, "v1/cluster/y"));
    EXPECT_EQ(recover("bo").value().id(), key_.id());
    auto in_another_order = keyed(key_, {recipient("ada"), recipient("bo")});
    ASSERT_TRUE(create(in_another_order, "v1/cluster/z"));
    EXPECT_EQ(kept(), 2u);
}

TEST_F(KeyedRepositoryTest, WithoutAnybodyWhoCouldOpenItNothingIsBegun) {
    auto made = keyed(key_, {});
    EXPECT_EQ(reason_of(create(made, "v1/cluster/x")), "no_recipients");
    auto misspelt = keyed(key_, {"age1nonsense"});
    EXPECT_FALSE(create(misspelt, "v1/cluster/x"));
    EXPECT_FALSE(fs::exists(folder_.path() / "place/v1"));
}

TEST_F(KeyedRepositoryTest, AnotherKeyIsNotTakenForDamage) {
    auto made = keyed(key_, {recipient("ada")});
    ASSERT_TRUE(create(made, "v1/cluster/x"));
    auto wrong = keyed(other_, {recipient("ada")});
    EXPECT_EQ(reason_of(read(wrong, "v1/cluster/x")), "another_key");
    EXPECT_EQ(reason_of(create(wrong, "v1/cluster/y")), "another_key");
    auto none = open();
    const auto refused = read(none, "v1/cluster/x");
    EXPECT_EQ(reason_of(refused), "encrypted");
    EXPECT_EQ(refused.error().code, ErrorCode::Unavailable) << "as it is not damaged";
    EXPECT_EQ(refused.error().component, "backup");
    EXPECT_EQ(reason_of(create(none, "v1/cluster/y")), "encrypted");
    EXPECT_FALSE(fs::exists(folder_.path() / "place/v1/cluster/y"));
}

TEST_F(KeyedRepositoryTest, WhatIsNotEncryptedStaysSo) {
    auto plain = open();
    ASSERT_TRUE(create(plain, "v1/cluster/x"));
    auto made = keyed(key_, {recipient("ada")});
    EXPECT_EQ(reason_of(read(made, "v1/cluster/x")), "not_encrypted");
    EXPECT_EQ(reason_of(create(made, "v1/cluster/y")), "not_encrypted");
    EXPECT_FALSE(fs::exists(folder_.path() / "place/v1/key"));
    EXPECT_EQ(read(plain, "v1/cluster/x").value(), "film night");
}

TEST_F(KeyedRepositoryTest, ABeginningThatWasCutOffIsGoneOnWith) {
    auto made = keyed(key_, {recipient("ada")});
    ASSERT_TRUE(create(made, "v1/cluster/x"));
    // Killed between the key and its mark, before anything else.
    fs::remove_all(folder_.path() / "place/v1/cluster");
    fs::remove(folder_.path() / "place/v1/key" / (key_.id() + ".json"));
    auto again = keyed(key_, {recipient("ada")});
    EXPECT_TRUE(create(again, "v1/cluster/x"));
    EXPECT_EQ(recover("ada").value().id(), key_.id());
}

/// Somebody begins it, too, right when this one's mark is made.
class Overtaken final : public BackupRepository {
public:
    Overtaken(std::unique_ptr<BackupRepository> real, std::string mark)
        : real_(std::move(real)), mark_(std::move(mark)) {}
    Async<> create(std::string name, std::string bytes) override {
        SW_CO_CHECK(co_await real_->create(mark_, std::string("{}")));
        co_return co_await real_->create(std::move(name), std::move(bytes));
    }
    Async<std::uint64_t> create_from(std::string name, fs::path file) override {
        return real_->create_from(std::move(name), std::move(file));
    }
    Async<std::string> read(std::string name) override { return real_->read(std::move(name)); }
    Async<std::uint64_t> fetch(std::string name, fs::path to) override {
        return real_->fetch(std::move(name), std::move(to));
    }
    Async<std::vector<Entry>> list(std::string prefix) override {
        return real_->list(std::move(prefix));
    }
    Async<std::vector<std::string>> folders(std::string prefix) override {
        return real_->folders(std::move(prefix));
    }
    Async<> remove(std::string name) override { return real_->remove(std::move(name)); }
    std::string place() const override { return real_->place(); }

private:
    const std::unique_ptr<BackupRepository> real_;
    const std::string mark_;
};

TEST_F(KeyedRepositoryTest, OfTwoThatBeganAtOnceOneGoesOn) {
    const std::string later = "v1/key/ffffffffffffffff.json";
    const std::string earlier = "v1/key/0000000000000000.json";
    KeyedRepository loser(std::make_unique<Overtaken>(place(), earlier),
                          KeyedRepository::Lock{key_, {recipient("ada")}}, pool_);
    EXPECT_EQ(reason_of(create(loser, "v1/cluster/x")), "another_key");
    EXPECT_FALSE(fs::exists(folder_.path() / "place/v1/cluster"));
    EXPECT_FALSE(fs::exists(folder_.path() / "place/v1/key" / (key_.id() + ".json")));
    fs::remove_all(folder_.path() / "place/v1");
    KeyedRepository winner(std::make_unique<Overtaken>(place(), later),
                           KeyedRepository::Lock{key_, {recipient("ada")}}, pool_);
    EXPECT_EQ(reason_of(create(winner, "v1/cluster/x")), "none");
}

TEST_F(KeyedRepositoryTest, AMarkOfAStrangersKeepsNobodyFromWhatIsThere) {
    auto made = keyed(key_, {recipient("ada")});
    ASSERT_TRUE(create(made, "v1/cluster/x"));
    ASSERT_TRUE(
        run_to_end(place()->create("v1/key/0000000000000000.json", std::string("{\"schema\":1}"))));
    auto again = keyed(key_, {recipient("ada")});
    EXPECT_EQ(read(again, "v1/cluster/x").value(), "film night");
    EXPECT_TRUE(create(again, "v1/cluster/y"));
    EXPECT_EQ(recover("ada").value().id(), key_.id());
}

}  // namespace
}  // namespace syncwatch::apps
