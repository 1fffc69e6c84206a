// Settings and secrets of an installation in bundles, and back from them by command.
#include <algorithm>

#include "adapters/filesystem/folder_repository.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "harness/contents_of.h"
#include "harness/escrow_world.h"
#include "harness/process.h"
#include "harness/seeded_random.h"
#include "recovery/catalogue/catalogue.h"

namespace syncwatch {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using harness::Ran;
using harness::run_syncwatch;

class EscrowTest : public EscrowWorld {
protected:
    Ran restore(std::vector<std::string> more) const {
        std::vector<std::string> arguments{"restore", "config"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return run_syncwatch(std::move(arguments));
    }
    std::vector<std::string> from_both(const fs::path& identity,
                                       std::vector<std::string> more) const {
        std::vector<std::string> all{"--file",         open_.string(), "--file",
                                     closed_.string(), "--identity",   identity.string()};
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }
    /// In place, as somebody does who has read what it would do.
    Ran restore_confirmed(std::vector<std::string> arguments) const {
        std::vector<std::string> look = arguments;
        look.insert(look.end(), {"--dry-run", "--json"});
        const Ran shown = restore(look);
        if (shown.exit != 0) return shown;
        arguments.insert(
            arguments.end(),
            {"--confirm", std::string(json::parse(shown.out).at("token").as_string())});
        return restore(std::move(arguments));
    }
    /// What the program makes of its settings: level, subject and, where no other thing of the
    /// machine is in it, the words.
    std::vector<std::string> doctor() const {
        const Ran ran = run_syncwatch({"doctor", "--json", "--config", path("sw.toml")});
        std::vector<std::string> said;
        const json::value document = json::parse(ran.out);
        for (const json::value& each : document.at("findings").as_array()) {
            const std::string subject(each.at("subject").as_string());
            std::string line = subject + " " + std::string(each.at("level").as_string());
            if (subject == "settings" || subject == "certificate" || subject == "bus") {
                line += " " + std::string(each.at("what").as_string());
            }
            said.push_back(std::move(line));
        }
        return said;
    }
    /// As a backup, a minute after the one before.
    void store(const std::string& component, const fs::path& file) {
        auto near = must(filesystem::FolderRepository::open(folder_.path() / "backups", pool_));
        recovery::Catalogue catalogue({must(recovery::RepositoryNames::of("main")), folder_.path()},
                                      {{"near", near.get()}}, clock_);
        clock_.advance(std::chrono::minutes(1));
        const std::string bytes = contents_of(file);
        recovery::BackupRecord record;
        record.id = random_.make_id<recovery::BackupId>(clock_.wall());
        record.component = component;
        record.kind = recovery::BackupKind::Snapshot;
        record.started = record.finished = record.window.from = record.window.to = clock_.wall();
        record.annotations["file"] = file.filename().string();
        record.raw_bytes = record.stored_bytes = bytes.size();
        record.root = encode_hex(sha256(as_bytes(bytes)));
        const std::string name = catalogue.names().data(record, file.filename().string());
        (void)must(run_to_end(near->create_from(name, file)));
        (void)must(run_to_end(catalogue.add(std::move(record))));
    }
    std::vector<std::string> from_backups() const {
        return {"--repository", "file:" + (folder_.path() / "backups").string(), "--identity",
                first_.string(), "--in-place"};
    }
    fs::path below(const fs::path& root, const std::string& name) const {
        return root / path(name).substr(1);
    }

    SeededRandom random_;
};

TEST_F(EscrowTest, WhatIsLostComesBackInItsPlaceAndIsReadTheSame) {
    take_both();
    const auto files = all_in(etc_);
    const auto said = doctor();
    ASSERT_FALSE(said.empty());
    fs::remove_all(etc_);
    EXPECT_EQ(restore(from_both(second_, {"--in-place"})).exit, 10) << "it is asked first";
    EXPECT_FALSE(fs::exists(etc_));
    const Ran ran = restore_confirmed(from_both(second_, {"--in-place"}));
    ASSERT_EQ(ran.exit, 0) << ran.out << ran.err;
    EXPECT_NE(ran.out.find("syncwatch doctor --config " + path("sw.toml")), std::string::npos);
    EXPECT_EQ(all_in(etc_), files);
    EXPECT_EQ(doctor(), said);
    EXPECT_EQ(restore(from_both(first_, {"--in-place"})).exit, 0) << "twice is once";
    EXPECT_EQ(all_in(etc_), files);
}

TEST_F(EscrowTest, NoSecretIsInTheBundleThatIsForEverybody) {
    take_both();
    const std::string open = contents_of(open_);
    const std::string closed = contents_of(closed_);
    for (const std::string& secret : secrets()) {
        EXPECT_EQ(open.find(secret), std::string::npos) << secret;
        EXPECT_EQ(closed.find(secret), std::string::npos) << secret;
    }
    const Ran alone = restore({"--file", open_.string(), "--into", path("new")});
    EXPECT_EQ(alone.exit, 7) << alone.out << alone.err;
    EXPECT_NE(alone.err.find("REDACTED"), std::string::npos) << alone.err;
    const std::string settings = contents_of(below(etc_ / "new", "sw.toml"));
    EXPECT_NE(settings.find("redis://sw:REDACTED@127.0.0.1:1/0"), std::string::npos) << settings;
    EXPECT_EQ(settings.find(kToken), std::string::npos);
}

TEST_F(EscrowTest, OnlyTheRightKeyAndAWholeFileAreTaken) {
    take_both();
    const fs::path into = folder_.path() / "new";
    const std::vector<std::string> there{"--into", into.string()};
    const Ran wrong = restore(from_both(make_key("other"), there));
    EXPECT_EQ(wrong.exit, 3);
    EXPECT_NE(wrong.err.find("none of the keys"), std::string::npos) << wrong.err;
    const Ran none = restore({"--file", closed_.string(), "--into", into.string()});
    EXPECT_EQ(none.exit, 3);
    EXPECT_NE(none.err.find("--identity"), std::string::npos) << none.err;
    const std::string whole = contents_of(closed_);
    std::string flipped = whole;
    flipped[whole.size() - 100] = static_cast<char>(flipped[whole.size() - 100] ^ 4);
    for (const std::string& damaged :
         {flipped, whole.substr(0, whole.size() - 5), whole.substr(0, 100)}) {
        std::ofstream(closed_, std::ios::binary) << damaged;
        const Ran ran = restore(from_both(first_, there));
        EXPECT_EQ(ran.exit, 5) << ran.out << ran.err;
    }
    std::ofstream(closed_, std::ios::binary) << whole;
    std::string changed = contents_of(open_);
    changed[changed.size() / 2] = static_cast<char>(changed[changed.size() / 2] ^ 1);
    std::ofstream(open_, std::ios::binary) << changed;
    EXPECT_EQ(restore(from_both(first_, there)).exit, 5);
    EXPECT_FALSE(fs::exists(into)) << "nothing was laid down";
}

TEST_F(EscrowTest, WhatIsThereIsMovedAsideWhenThatIsConfirmed) {
    take_both();
    write("sw.toml", "# somebody's\n");
    const Ran asked = restore(from_both(first_, {"--in-place"}));
    EXPECT_EQ(asked.exit, 10) << asked.err;
    const Ran shown = restore(from_both(first_, {"--in-place", "--dry-run", "--json"}));
    const std::string token(json::parse(shown.out).at("token").as_string());
    EXPECT_EQ(contents_of(etc_ / "sw.toml"), "# somebody's\n");
    write("sw.toml", "# somebody else's\n");
    const std::vector<std::string> confirmed{"--in-place", "--confirm", token};
    EXPECT_EQ(restore(from_both(first_, confirmed)).exit, 10) << "it changed since";
    const Ran done = restore_confirmed(from_both(first_, {"--in-place"}));
    ASSERT_EQ(done.exit, 0) << done.out << done.err;
    EXPECT_NE(contents_of(etc_ / "sw.toml").find(kBus), std::string::npos);
    std::size_t aside = 0;
    for (const auto& [name, text] : all_in(etc_)) {
        if (name.find("sw.toml.before-") != std::string::npos) {
            ++aside;
            EXPECT_NE(text.find("somebody else's"), std::string::npos);
        }
    }
    EXPECT_EQ(aside, 1u);
}

TEST_F(EscrowTest, AKeyAndAnAddressAreEnough) {
    take_both();
    const auto files = all_in(etc_);
    store("config", open_);
    store("secrets", closed_);
    fs::remove_all(etc_);
    const auto to = [&](const std::string& moment) {
        std::vector<std::string> words = from_backups();
        words.insert(words.end(), {"--to", moment, "--dry-run"});
        return restore(std::move(words));
    };
    EXPECT_EQ(to("2001-01-01T00:00:00Z").exit, 3);
    EXPECT_EQ(to("2026-11-29T12:00:00").exit, 2) << "without a zone";
    EXPECT_EQ(to("2101-01-01T00:00:00Z").exit, 0) << "the last before that";
    const Ran ran = restore_confirmed(from_backups());
    ASSERT_EQ(ran.exit, 0) << ran.out << ran.err;
    EXPECT_EQ(all_in(etc_), files);
}

TEST_F(EscrowTest, TheNewestTwoThatAreOfOneStateAreTakenFromThePlaceThatIsThere) {
    take_both();
    const auto files = all_in(etc_);
    store("config", open_);
    store("secrets", closed_);
    // A change of which only one half was backed up.
    write("sw.toml", "[log]\nlevel = \"debug\"\n" + contents_of(etc_ / "sw.toml"), 0640);
    fs::remove(open_);
    must(run_to_end(config_source()->take(open_)));
    store("config", open_);
    const fs::path plan = folder_.path() / "two places.toml";
    std::ofstream(plan) << "[repository.near]\nurl = \"file:"
                        << (folder_.path() / "not mounted" / "backups").string()
                        << "\"\n[repository.far]\nurl = \"file:"
                        << (folder_.path() / "backups").string() << "\"\n";
    fs::remove_all(etc_);
    const Ran ran = restore_confirmed(
        {"--recovery-plan", plan.string(), "--identity", first_.string(), "--in-place"});
    ASSERT_EQ(ran.exit, 0) << ran.out << ran.err;
    EXPECT_NE(ran.out.find("away           in near"), std::string::npos) << ran.out;
    EXPECT_EQ(all_in(etc_), files);
    // Where no two fit, nothing is laid down.
    write("sw.toml", "# another\n" + contents_of(etc_ / "sw.toml"), 0640);
    fs::remove(open_);
    must(run_to_end(config_source()->take(open_)));
    fs::remove_all(folder_.path() / "backups");
    fs::create_directory(folder_.path() / "backups");
    store("config", open_);
    store("secrets", closed_);
    const Ran two = restore(from_backups());
    EXPECT_EQ(two.exit, 5) << two.out << two.err;
    EXPECT_NE(two.err.find("sw.toml is not the same in both"), std::string::npos) << two.err;
}

TEST_F(EscrowTest, ASourceSaysWhatItTookAndWhetherItIsWhole) {
    const auto config = config_source();
    const auto facts = must(run_to_end(config->take(open_)));
    EXPECT_EQ(facts.position, must(run_to_end(config->fingerprint())));
    EXPECT_EQ(facts.counts.at("files"), 3u) << "settings, plan, chain";
    EXPECT_EQ(facts.counts.at("redacted"), 1u);
    EXPECT_EQ(must(run_to_end(config->inspect(open_))), facts.counts);
    const fs::path scratch = folder_.path() / "scratch";
    EXPECT_EQ(must(run_to_end(config->rehearse(open_, scratch))), facts.counts);
    EXPECT_TRUE(fs::exists(below(scratch, "sw.toml")));

    const auto secrets = secrets_source(second_);
    const auto closed = must(run_to_end(secrets->take(closed_)));
    EXPECT_EQ(closed.counts, (SnapshotSource::Counts{{"keys", 2}}));
    EXPECT_EQ(closed.engine, "age");
    EXPECT_EQ(closed.position, must(run_to_end(secrets->fingerprint())));
    EXPECT_EQ(must(run_to_end(secrets->inspect(closed_))), closed.counts);
    EXPECT_EQ(must(run_to_end(secrets->rehearse(closed_, scratch))).at("files"), 5u)
        << "token, turn, s3, key, settings";
    EXPECT_EQ(run_to_end(config->inspect(closed_)).error().code, ErrorCode::Corrupt);
    EXPECT_EQ(run_to_end(secrets->inspect(open_)).error().code, ErrorCode::Corrupt);
    const auto keyless = run_to_end(secrets_source()->rehearse(closed_, scratch));
    EXPECT_EQ(keyless.error().reason, "no_identity");
    // Nothing changed, then a secret, then who may open them.
    EXPECT_EQ(must(run_to_end(secrets_source()->fingerprint())), closed.position);
    write("turn", "another\n", 0600);
    const std::string later = must(run_to_end(secrets_source()->fingerprint()));
    EXPECT_NE(later, closed.position);
    EXPECT_EQ(must(run_to_end(config->fingerprint())), facts.position);
    write_plan({harness::public_half(first_)});
    EXPECT_NE(must(run_to_end(secrets_source()->fingerprint())), later);
}

TEST_F(EscrowTest, WithoutAnybodyWhoMayOpenThemSecretsAreNotTaken) {
    write_plan({});
    const auto taken = run_to_end(secrets_source()->take(closed_));
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().reason, "no_recipients");
    write_plan({"age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq"});
    EXPECT_EQ(run_to_end(secrets_source()->take(closed_)).error().code, ErrorCode::InvalidInput);
    EXPECT_FALSE(fs::exists(closed_));
}

TEST_F(EscrowTest, TarAndAgeAloneBringThemBackToo) {
    take_both();
    harness::Process::Options run;
    const fs::path into = folder_.path() / "by hand";
    fs::create_directories(into);
    run.command = {"sh", "-c",
                   "age -d -i '" + first_.string() + "' '" + closed_.string() + "' | tar x -C '" +
                       into.string() + "'"};
    ASSERT_EQ(harness::Process(run).wait(), 0);
    EXPECT_EQ(contents_of(below(into / "files", "turn")), kTurn + "\n");
    EXPECT_NE(contents_of(into / "manifest.json").find("\"kind\": \"secrets\""), std::string::npos);
}

}  // namespace
}  // namespace syncwatch
