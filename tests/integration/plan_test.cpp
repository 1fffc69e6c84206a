// The recovery plan by its commands: from the default one to one's own.
#include <filesystem>
#include <fstream>

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include "harness/contents_of.h"
#include "harness/process.h"
#include "harness/temp_folder.h"

namespace syncwatch {
namespace {

namespace json = boost::json;
using harness::Ran;
using harness::run_syncwatch;

class PlanTest : public testing::Test {
protected:
    std::string file(const std::string& name, const std::string& text) const {
        const auto path = folder_.path() / name;
        std::ofstream(path) << text;
        return path.string();
    }
    /// The default plan with more behind it.
    static std::string plan(const std::string& more) {
        return run_syncwatch({"plan", "show", "--as-file"}).out + more;
    }
    static json::value document(std::vector<std::string> arguments) {
        arguments.emplace_back("--json");
        return json::parse(run_syncwatch(std::move(arguments)).out);
    }

    std::string data() const { return (folder_.path() / "data").string(); }

    TempFolder folder_;
};

constexpr const char* kNear = "\n[repository.near]\nurl = \"file:/var/backups/syncwatch\"\n";

TEST_F(PlanTest, ThereIsAPlanFromTheStart) {
    const Ran shown = run_syncwatch({"plan", "show"});
    EXPECT_EQ(shown.exit, 0) << shown.err;
    for (const char* word : {"the default plan, version 1", "WORKS AGAIN WITHIN", "database",
                             "full Sun 02:00", "There is no place for backups yet."}) {
        EXPECT_NE(shown.out.find(word), std::string::npos) << word << '\n' << shown.out;
    }
    const json::value said = document({"plan", "show"});
    EXPECT_EQ(said.at("plan").at("objective.database.rpo"), "24h");
    EXPECT_EQ(said.at("plan").at("backup.redis.snapshot"), "hourly");
}

TEST_F(PlanTest, LintNamesWhatTheDefaultPlanLacks) {
    const Ran linted = run_syncwatch({"plan", "lint"});
    EXPECT_EQ(linted.exit, 3);
    EXPECT_NE(linted.out.find("fault    repository: there is no place for backups"),
              std::string::npos)
        << linted.out;
    EXPECT_EQ(linted.err.find("syncwatch: the default plan has 1 fault\nHINT: "), 0u) << linted.err;
}

TEST_F(PlanTest, OnesOwnPlanIsTheDefaultOneAndWhatWasAdded) {
    const std::string own = file("plan.toml", plan(kNear));
    const Ran linted = run_syncwatch({"plan", "lint", "--file", own});
    EXPECT_EQ(linted.exit, 0) << linted.out << linted.err;
    EXPECT_NE(linted.out.find("it holds, and could be stronger"), std::string::npos) << linted.out;
    // The setting does what the flag does.
    EXPECT_EQ(run_syncwatch({"plan", "lint"}, {}, {{"SYNCWATCH_RECOVERY_PLAN", own}}).exit, 0);
}

TEST_F(PlanTest, HereIsTriedWhatNoFileCanSay) {
    const auto place = [this](const char* name) { return (folder_.path() / name).string(); };
    const auto lint = [&](const std::string& more) {
        return run_syncwatch({"plan", "lint", "--here", "--data-dir", data(), "--file",
                              file("plan.toml", plan(more))});
    };
    const std::string near = "\n[repository.near]\nurl = \"file:" + place("near") + "\"\n";
    const auto says = [](const Ran& linted, const std::string& words) {
        EXPECT_NE(linted.out.find(words), std::string::npos) << words << '\n' << linted.out;
    };
    const Ran away = lint(near + "[repository.far]\nurl = \"file:" + place("no/disk") +
                          "\"\n[escrow]\nfiles = [\"" + place("secret") + "\"]\n");
    EXPECT_EQ(away.exit, 3) << away.out;
    says(away, "fault    repository.far.url: there is no folder " + place("no"));
    says(away, "fault    escrow.files: " + place("secret") + " cannot be read, or is not there");
    EXPECT_EQ(away.out.find("repository.near.url"), std::string::npos) << away.out;
    EXPECT_FALSE(std::filesystem::exists(folder_.path() / "near/v1")) << "no probe is left";
    const Ran deletes = lint(near + "may_delete = false\n");
    EXPECT_EQ(deletes.exit, 3);
    says(deletes, "fault    repository.near.may_delete: the keys that this machine has can delete");
    std::filesystem::remove_all(folder_.path() / "near");
    const Ran locked = lint(near + "key_file = \"" + place("key") + "\"\n");
    says(locked, "fault    repository.near.key_file: its key is on this machine alone");
    says(locked, "the key of the repository, " + place("key") + ", is not there");
}

TEST_F(PlanTest, DiffSaysWhatAnotherPlanChanges) {
    const std::string own = file("plan.toml", plan(kNear));
    const Ran same = run_syncwatch({"plan", "diff", "--file", own, own});
    EXPECT_EQ(same.out, "they say the same\n");
    const Ran more = run_syncwatch({"plan", "diff", own});
    EXPECT_EQ(more.exit, 0) << more.err;
    EXPECT_EQ(more.out,
              "+ repository.near.may_delete = true\n"
              "+ repository.near.url = file:/var/backups/syncwatch\n");
    const json::value changes = document({"plan", "diff", own}).at("changes");
    ASSERT_EQ(changes.as_array().size(), 2u);
    EXPECT_EQ(changes.at(1).at("to"), "file:/var/backups/syncwatch");
    EXPECT_TRUE(changes.at(1).at("from").is_null());
}

TEST_F(PlanTest, AFileThatIsNotUnderstoodIsRefusedWithAllThatIsWrong) {
    const std::string bad =
        file("bad.toml", "[objective.app]\nrto = \"soon\"\n[backup.cellar]\nfull = \"daily\"\n");
    for (const char* verb : {"show", "lint"}) {
        const Ran ran = run_syncwatch({"plan", verb, "--file", bad});
        EXPECT_EQ(ran.exit, std::string(verb) == "show" ? 2 : 3);
        for (const char* where : {"objective.app.rto: ", "backup.cellar: "}) {
            EXPECT_NE((ran.out + ran.err).find(where), std::string::npos) << ran.out << ran.err;
        }
    }
    const Ran absent = run_syncwatch({"plan", "show", "--file", "/no/such/plan.toml"});
    EXPECT_EQ(absent.exit, 2);
    EXPECT_NE(absent.err.find("the plan /no/such/plan.toml cannot be read"), std::string::npos)
        << absent.err;
}

TEST_F(PlanTest, RenderedItIsADocumentThatSaysWhatIsMissing) {
    const Ran rendered = run_syncwatch({"plan", "render", "--data-dir", data()});
    EXPECT_EQ(rendered.exit, 0) << rendered.err;
    for (const char* words :
         {"# Recovery plan of ", "## What is missing\n\n- In the plan, `repository`: there is no ",
          "**There is no place for backups.**", "### The database is lost or damaged",
          "syncwatch restore database --dry-run --data-dir "}) {
        EXPECT_NE(rendered.out.find(words), std::string::npos) << words << '\n' << rendered.out;
    }
    EXPECT_FALSE(std::filesystem::exists(data())) << "nothing is made by looking";
}

TEST_F(PlanTest, RenderingGoesOnWhereNoRepositoryAnswers) {
    const std::string own =
        file("plan.toml", plan("\n[repository.near]\nurl = \"file:/no/such/disk/backups\"\n"));
    const std::string out = (folder_.path() / "plan.md").string();
    const std::vector<std::string> render{"plan",  "render", "--file",     own,
                                          "--out", out,      "--data-dir", data()};
    const Ran rendered = run_syncwatch(render);
    EXPECT_EQ(rendered.exit, 7) << rendered.err;
    EXPECT_EQ(rendered.out.find("written to " + out), 0u) << rendered.out;
    const std::string text = contents_of(out);
    EXPECT_NE(text.find("## What is missing\n\n- **Not known now**: "), std::string::npos) << text;
    EXPECT_NE(text.find("--recovery-plan " + own), std::string::npos) << text;
    const json::value said = document(render);
    EXPECT_EQ(said.at("markdown").as_string().find("# Recovery plan of "), 0u);
    EXPECT_EQ(said.at("paper").at("procedures").at(0).at("name"), "database-lost");
    EXPECT_EQ(run_syncwatch({"plan", "render", "--out", "/no/such/folder/x"}).exit, 3);
}

}  // namespace
}  // namespace syncwatch
