// Tests of the tester: whatever happens to a snapshot of Redis, of the settings or of the secrets,
// a look at it fails at the level that docs/recovery/backups.md says, and says what is wrong and
// where.
#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "adapters/filesystem/folder_repository.h"
#include "adapters/redis/redis_link.h"
#include "adapters/redis_backup/redis_snapshot.h"
#include "adapters/system/system_clock.h"
#include "adapters/system/system_random.h"
#include "apps/lab/redis_server.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "harness/contents_of.h"
#include "harness/escrow_world.h"
#include "harness/redis_data.h"
#include "recovery/snapshots/snapshot_component.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;
using recovery::BackupRecord;
using recovery::SnapshotComponent;
using recovery::VerifyLevel;

/// A component with two backups, of different states.
struct Backed {
    std::unique_ptr<SnapshotSource> source;
    std::unique_ptr<SnapshotComponent> component;
    BackupRecord older;
    BackupRecord newer;
};

class SnapshotDamageTest : public EscrowWorld {
protected:
    fs::path stored(const BackupRecord& record) const {
        return folder_.path() / "backups" /
               names_.data(record, record.annotations.at(recovery::SnapshotFiles::kFile));
    }
    static void overwrite(const fs::path& file, const std::string& bytes) {
        std::ofstream(file, std::ios::binary) << bytes;
    }
    BackupRecord take(SnapshotComponent& component) {
        recovery::BackupComponent::Request request;
        request.id = random_.make_id<recovery::BackupId>(system_clock_.wall());
        return must(run_to_end(component.run(std::move(request))));
    }
    /// `change` comes between the two.
    Backed back_up(const std::string& name, std::unique_ptr<SnapshotSource> source,
                   const std::function<void()>& change) {
        Backed made;
        made.source = std::move(source);
        made.component = std::make_unique<SnapshotComponent>(
            name, SnapshotComponent::Powers{*made.source, files_, system_clock_,
                                            folder_.path() / "scratch"});
        made.older = take(*made.component);
        change();
        made.newer = take(*made.component);
        return made;
    }
    /// What a look says; empty: it is sound. An error is that nobody could look.
    static std::string words(const Backed& of, const BackupRecord& record, VerifyLevel level) {
        const auto seen = run_to_end(of.component->verify(record, level, {}));
        if (!seen) return "nobody could look: " + seen.error().message;
        EXPECT_EQ(seen->sound, seen->words.empty()) << seen->words;
        return seen->words;
    }
    /// As if these had been backed up: what was stored is what the record says, and yet wrong.
    BackupRecord forge(const BackupRecord& of, const std::string& bytes) const {
        overwrite(stored(of), bytes);
        BackupRecord forged = of;
        forged.stored_bytes = bytes.size();
        forged.root = encode_hex(sha256(as_bytes(bytes)));
        return forged;
    }
    static std::string flipped(std::string bytes, std::size_t at) {
        bytes[at] = static_cast<char>(bytes[at] ^ 1);
        return bytes;
    }
    void expect_damage_is_found(const Backed& of, const std::string& others) {
        const fs::path file = stored(of.newer);
        const std::string good = contents_of(file);
        const std::string older = contents_of(stored(of.older));
        const struct {
            const char* what;
            std::function<void()> make;
            const char* words;
        } cases[] = {
            {"a bit", [&] { overwrite(file, flipped(good, good.size() / 2)); },
             "in near: its bytes are not those that were written"},
            {"cut off", [&] { overwrite(file, good.substr(0, good.size() - 1)); }, "bytes, and "},
            {"empty", [&] { overwrite(file, ""); }, "in near: it has 0 bytes, and "},
            {"gone", [&] { fs::remove(file); }, "in near: "},
            {"an older one", [&] { overwrite(file, older); }, "in near: it"},
            {"another component's", [&] { overwrite(file, others); }, "in near: it"},
        };
        for (const VerifyLevel level :
             {VerifyLevel::Checksums, VerifyLevel::Structure, VerifyLevel::Restore}) {
            EXPECT_EQ(words(of, of.newer, level), "") << of.component->name();
        }
        for (const auto& each : cases) {
            each.make();
            const std::string said = words(of, of.newer, VerifyLevel::Checksums);
            EXPECT_NE(said.find(each.words), std::string::npos)
                << of.component->name() << ", " << each.what << ": " << said;
            overwrite(file, good);
        }
        BackupRecord edited = of.newer;
        edited.annotations.clear();
        EXPECT_NE(words(of, edited, VerifyLevel::Checksums).find("does not say what its file"),
                  std::string::npos);
    }
    static void expect(const std::string& said, const char* words) {
        EXPECT_NE(said.find(words), std::string::npos) << said;
    }

    SystemClock system_clock_;
    SystemRandom random_;
    recovery::RepositoryNames names_ = must(recovery::RepositoryNames::of("main"));
    std::unique_ptr<BackupRepository> near_ =
        must(filesystem::FolderRepository::open(folder_.path() / "backups", pool_));
    recovery::SnapshotFiles files_{names_, {{"near", near_.get()}}, pool_};
};

TEST_F(SnapshotDamageTest, OfTheSettings) {
    const Backed config = back_up("config", config_source(), [this] {
        write("sw.toml", contents_of(etc_ / "sw.toml") + "# another line\n", 0640);
    });
    expect_damage_is_found(config, "something else");
    const std::string good = contents_of(stored(config.newer));
    // Whole, and wrong.
    EXPECT_NE(words(config, forge(config.newer, flipped(good, good.find("# another line"))),
                    VerifyLevel::Structure),
              "");
    BackupRecord edited = forge(config.newer, good);
    edited.counts["files"] = 9;
    expect(words(config, edited, VerifyLevel::Structure), "it has 3 files, and 9 were backed up");
}

TEST_F(SnapshotDamageTest, OfTheSecrets) {
    const Backed secrets =
        back_up("secrets", secrets_source(second_), [this] { write("turn", "another\n", 0600); });
    const std::string good = contents_of(stored(secrets.newer));
    expect_damage_is_found(secrets, "something else");
    // Whole, and wrong: without a key a part of it can be seen, with the key all.
    expect(words(secrets, forge(secrets.newer, good.substr(0, 100)), VerifyLevel::Structure),
           "cut off");
    const BackupRecord inside = forge(secrets.newer, flipped(good, good.size() - 100));
    EXPECT_EQ(words(secrets, inside, VerifyLevel::Structure), "");
    expect(words(secrets, inside, VerifyLevel::Restore), "is damaged");
    take_both();
    const fs::path sealed = folder_.path() / "sealed";
    std::string settings = contents_of(open_);
    must(run_to_end(age_.encrypt(std::move(settings),
                                 {harness::public_half(first_), harness::public_half(second_)},
                                 sealed)));
    EXPECT_NE(words(secrets, forge(secrets.newer, contents_of(sealed)), VerifyLevel::Restore), "")
        << "they are the settings";
    BackupRecord edited = forge(secrets.newer, good);
    edited.counts["keys"] = 3;
    expect(words(secrets, edited, VerifyLevel::Structure), "it has 2 keys, and 3 were backed up");
    // Not the backup's fault, and no restore all the same.
    const auto stranger = secrets_source(make_key("stranger"));
    SnapshotComponent with_another("secrets",
                                   {*stranger, files_, system_clock_, folder_.path() / "scratch"});
    const auto refused =
        run_to_end(with_another.verify(forge(secrets.newer, good), VerifyLevel::Restore, {}));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, "wrong_key");
    expect(refused.error().message, "none of the keys in");
}

TEST_F(SnapshotDamageTest, OfRedis) {
    const auto server = must(lab::RedisServer::make({folder_.path() / "redis", ""}));
    const auto fill = [&](const char* from, const char* to) {
        must(server->ask({"eval", harness::kFillRedis, "0", from, to}));
    };
    fill("1", "100");
    redis::RedisSnapshot::Options options;
    options.server.address = must(redis::parse_redis_url(server->url()));
    options.server.answer_within = 10s;
    const Backed redis = back_up(
        "redis",
        std::make_unique<redis::RedisSnapshot>(
            std::move(options), redis::RedisSnapshot::Powers{system_clock_, random_, pool_}),
        [&] { fill("101", "2000"); });
    expect_damage_is_found(redis, "something else");
    const std::string good = contents_of(stored(redis.newer));
    const std::string older = contents_of(stored(redis.older));
    expect(words(redis, forge(redis.newer, older), VerifyLevel::Structure),
           ", and 1000 were backed up");
    expect(words(redis, forge(redis.newer, flipped(good, good.size() / 2)), VerifyLevel::Structure),
           "not those that were written");
    expect(
        words(redis, forge(redis.newer, good.substr(0, good.size() / 2)), VerifyLevel::Structure),
        "cut off");
    expect(words(redis, forge(redis.newer, ""), VerifyLevel::Structure), "empty");
}

}  // namespace
}  // namespace syncwatch
