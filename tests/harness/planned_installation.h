#pragma once
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include "harness/backup_moments.h"
#include "harness/eventually.h"
#include "harness/process.h"
#include "harness/temp_folder.h"

namespace syncwatch::harness {

/// The text of a plan: the default one with places for backups, each by its name.
inline std::string plan_with(const std::map<std::string, std::string>& places) {
    std::string text = run_syncwatch({"plan", "show", "--as-file"}).out;
    for (const auto& [name, url] : places) {
        text += "\n[repository." + name + "]\nurl = \"" + url + "\"\n";
    }
    return text;
}

/// An installation with an embedded database and a plan of its own, which is backed up.
class PlannedInstallation : public testing::Test {
protected:
    /// A folder for backups as a plan has it.
    std::string place(const std::string& name) const {
        return "file:" + (folder_.path() / name).string();
    }
    /// `more` stands behind the places.
    void write_plan(const std::map<std::string, std::string>& places,
                    const std::string& more = {}) const {
        std::ofstream(plan_) << plan_with(places) << more;
    }
    std::unique_ptr<Server> serve(std::vector<std::string> arguments = {}) const {
        Server::Options options;
        options.arguments = std::move(arguments);
        options.environment = environment_;
        return std::make_unique<Server>(data_, options);
    }
    Ran run(std::vector<std::string> arguments) const {
        arguments.insert(arguments.end(), {"--data-dir", data_.string()});
        return run_syncwatch(std::move(arguments), {}, environment_);
    }
    boost::json::value document(std::vector<std::string> arguments) const {
        arguments.emplace_back("--json");
        return boost::json::parse(run(std::move(arguments)).out);
    }
    /// Waits until all that happened before now can be brought back; gives that moment.
    WallTime wait_until_backed_up() const {
        const WallTime now = wall_now();
        const bool done = eventually([&] {
            const Ran listed = run({"backup", "list", "--json"});
            return listed.exit == 0 && reaches(listed.out, now);
        });
        EXPECT_TRUE(done) << run({"backup", "list"}).out << run({"backup", "list"}).err;
        return now;
    }

    TempFolder folder_;
    const std::filesystem::path data_ = folder_.path() / "data";
    const std::filesystem::path plan_ = folder_.path() / "plan.toml";
    std::map<std::string, std::string> environment_{{"SYNCWATCH_RECOVERY_PLAN", plan_.string()}};
};

}  // namespace syncwatch::harness
