#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "harness/http_client.h"
#include "harness/process.h"
#include "harness/temp_folder.h"

namespace syncwatch::runbooks {

/// A machine on which a page of docs/recovery/runbooks is carried out word by word. `systemctl`
/// and `sudo` are ours and do the same with real servers that only this test has; everything else
/// is what it is.
class RunbookWorld : public testing::Test {
protected:
    RunbookWorld();
    ~RunbookWorld() override;

    /// A service: the shell script that becomes it, and the signal that ends it in good order.
    void unit(const std::string& name, const std::string& script, const std::string& end = "TERM");
    /// As an operator types it, with the variables below. Its output goes into `said_`.
    int sh(const std::string& script);
    void start(const std::string& name) { ASSERT_EQ(sh("systemctl start " + name), 0) << said_; }
    /// kill -9.
    void kill(const std::string& name) { ASSERT_EQ(sh("systemctl kill " + name), 0) << said_; }
    /// Carries out the page, or what stands below one heading of it.
    void carry_out(const std::string& page, const std::string& section = {});
    void write(const std::filesystem::path& file, const std::string& text) const;
    /// From now on until the end of carry_out() is how long it took.
    void lost();
    /// A line of the table of times, where one is made.
    void note_time(const std::string& what, const std::string& how_much) const;
    /// That the plan, as people read it here, has the time which the page had noted: what one that
    /// really was lost took.
    void expect_in_plan(const std::string& procedure);
    /// Whether a table of times is made: then with more data.
    static bool measures();
    std::uint64_t bytes_in(const std::filesystem::path& folder) const;

    TempFolder folder_;
    std::map<std::string, std::string> variables_;
    std::string syncwatch_ = "syncwatch";         ///< As its operator runs it: before its words,
    std::string flags_ = "--config \"$CONFIG\"";  ///< and behind them.
    std::map<std::string, std::function<void()>> instead_;
    std::string said_;

private:
    void carry_out_fence(const std::string& page, const struct Fence& fence);
    void take_words();

    std::chrono::steady_clock::time_point lost_{};
    std::chrono::duration<double> took_{};
};

/// With an embedded server: two stores, one place for backups.
class EmbeddedRunbookWorld : public RunbookWorld {
protected:
    EmbeddedRunbookWorld();

    std::filesystem::path data() const { return folder_.path() / "data"; }
    std::filesystem::path backups() const { return folder_.path() / "backups"; }
    std::filesystem::path second() const { return folder_.path() / "second"; }
    std::filesystem::path etc() const { return folder_.path() / "etc"; }
    /// Starts the server; returns when it answers.
    void serve();
    void wait_until_well();
    /// Waits until all that happened before now can be brought back.
    void wait_until_backed_up();
    void make_room(const std::string& name);
    harness::HttpClient client() const;
    /// Empty: the room is not there.
    std::string name_of_room() const;

    std::uint16_t port_ = 0;
    std::string token_, code_;
};

}  // namespace syncwatch::runbooks
