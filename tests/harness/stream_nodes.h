#pragma once
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <boost/json/parse.hpp>

#include "harness/eventually.h"
#include "harness/must.h"
#include "harness/nodes.h"
#include "harness/numbered_rows.h"
#include "harness/process.h"
#include "harness/temp_folder.h"

namespace syncwatch::harness {

/// Nodes of one installation whose PostgreSQL is streamed into a folder.
class StreamNodes {
public:
    /// `more` stands at the end of the plan; `arguments` are those of every node.
    explicit StreamNodes(const std::string& more = {}, std::vector<std::string> arguments = {}) {
        std::filesystem::create_directory(near());
        std::ofstream(plan()) << "plan_version = 1\n[repository.near]\nurl = \"file:"
                              << near().string()
                              << "\"\n[backup.database]\nlog = \"continuous\"\nfull = \"daily "
                                 "02:00\"\nkeep = \"30d\"\n"
                              << more;
        for (const std::string& each : flags()) arguments.push_back(each);
        Nodes::Shared shared;
        shared.redis = false;
        shared.arguments = std::move(arguments);
        nodes_ = std::make_unique<Nodes>(std::move(shared));
    }

    std::filesystem::path near() const { return place_.path() / "near"; }
    std::filesystem::path plan() const { return place_.path() / "plan.toml"; }
    Nodes& nodes() { return *nodes_; }
    lab::PostgresServer& server() { return nodes_->postgres(); }

    std::unique_ptr<Process> start(std::vector<std::string> arguments) {
        Process::Options options;
        options.command = std::move(arguments);
        options.command.insert(options.command.begin(), program());
        for (const std::string& each : flags()) options.command.push_back(each);
        options.command.insert(
            options.command.end(),
            {"--database-url", server().url(), "--data-dir", (place_.path() / "command").string()});
        return std::make_unique<Process>(options);
    }
    Ran run(std::vector<std::string> arguments) {
        return start(std::move(arguments))->ran(std::chrono::seconds(120));
    }
    /// What `status` says of PostgreSQL.
    boost::json::value standing() {
        const Ran said = run({"status", "--json"});
        const auto all = boost::json::parse(said.out);
        for (const auto& each : all.at("standings").as_array()) {
            if (each.at("component") == "pg") return each;
        }
        throw std::runtime_error("nothing of pg: " + said.out + said.err);
    }
    /// The first column of the first row; "?": there is none.
    std::string ask(const std::string& sql) { return ask_one(server().url(), sql); }
    /// Whether somebody streams now.
    bool is_streamed() {
        return ask("SELECT active FROM pg_replication_slots WHERE slot_name = 'syncwatch'") == "t";
    }

private:
    std::vector<std::string> flags() const {
        return {"--recovery-plan", plan().string(), "--recovery-pg-mode", "stream"};
    }

    TempFolder place_;
    std::unique_ptr<Nodes> nodes_;
};

}  // namespace syncwatch::harness
