// Tests of the tester: whatever happens to a backup of an embedded database, a test of it fails,
// and says what is wrong and where.
#include <functional>

#include <gtest/gtest.h>

#include "adapters/sqlite/connection.h"
#include "harness/contents_of.h"
#include "harness/embedded_backup_world.h"
#include "harness/numbered_writes.h"
#include "recovery/embedded/rehearsal.h"

namespace syncwatch::recovery {
namespace {

/// A backup of one copy and a log in many pieces.
class DamagedEmbedded : public testing::Test {
protected:
    static void SetUpTestSuite() {
        home_ = std::make_unique<TempFolder>();
        for (const char* each : {"ours", "theirs"}) {
            const fs::path file = home_->path() / (std::string(each) + ".db");
            // Before, so that it is in the copy and not in the log.
            script(file, "CREATE TABLE " + std::string(each) + " (n INTEGER)");
            FolderBackups backups(home_->path() / each);
            Life life(file, backups);
            life.write(NumberedWrites::kTables);
            ASSERT_TRUE(life.wait_for_base());
            for (int n = 1; n <= 6; ++n) {
                life.write(NumberedWrites::nth(n));
                ASSERT_TRUE(life.ship_all());
            }
            life.stop();
        }
        fs::copy(ours(), home_->path() / "whole", fs::copy_options::recursive);
    }
    static void TearDownTestSuite() { home_.reset(); }

    static void script(const fs::path& file, const std::string& sql) {
        auto database = must(sqlite::Connection::open(file, sqlite::Connection::Mode::ReadWrite));
        must(database.script(sql));
    }
    static fs::path ours() { return home_->path() / "ours"; }
    static void mend() {
        fs::remove_all(ours());
        fs::copy(home_->path() / "whole", ours(), fs::copy_options::recursive);
    }
    /// The one in the middle of all whose name has that in it.
    static fs::path middle(const char* with, const char* of = "ours") {
        const auto files = FolderBackups(home_->path() / of).files(with);
        return files[files.size() / 2];
    }
    static fs::path first(const char* with) { return FolderBackups(ours()).files(with).front(); }
    static void put(const fs::path& from, const fs::path& to) {
        fs::copy_file(from, to, fs::copy_options::overwrite_existing);
    }
    static void flip(const fs::path& file) {
        std::string bytes = contents_of(file);
        bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
        std::ofstream(file, std::ios::binary) << bytes;
    }
    static void cut(const fs::path& file) { fs::resize_file(file, fs::file_size(file) - 9); }
    static void empty(const fs::path& file) { fs::resize_file(file, 0); }
    static void edit(const fs::path& file, const std::string& from, const std::string& to) {
        std::string text = contents_of(file);
        text.replace(text.find(from), from.size(), to);
        std::ofstream(file, std::ios::binary) << text;
    }
    /// What a test of it says; empty: it is sound.
    static std::string words(const fs::path& root) {
        FolderBackups backups(root);
        sqlite::Rebuilder rebuilder;
        SystemClock clock;
        const TempFolder scratch;
        RestoreRequest request;
        request.cluster = "test";
        request.into = scratch.path() / "restored.db";
        const auto seen = run_to_end(rehearse(backups, rebuilder, std::move(request), clock));
        if (!seen) return seen.error().message;
        EXPECT_EQ(seen->verification.sound, seen->verification.words.empty());
        EXPECT_TRUE(seen->restored || !seen->verification.sound);
        return seen->verification.words;
    }

    static inline std::unique_ptr<TempFolder> home_;
};

TEST_F(DamagedEmbedded, IsFoundAndNamed) {
    struct Case {
        const char* what;
        const char* words;
        std::function<void()> make;
    };
    const Case cases[] = {
        {"a bit of the log", "/log/", [] { flip(middle("/log/")); }},
        {"a piece is cut", "/log/", [] { cut(middle("/log/")); }},
        {"a piece is empty", "/log/", [] { empty(middle("/log/")); }},
        {"a piece is gone", "is missing", [] { fs::remove(middle("/log/")); }},
        {"a piece is an older one", "is another piece than its name says",
         [] { put(first("/log/"), middle("/log/")); }},
        {"a piece is another generation's", "is another piece than its name says",
         [] { put(middle("/log/", "theirs"), middle("/log/")); }},
        {"a bit of the copy", "part-000001 is not what was stored", [] { flip(first("/part-")); }},
        {"the copy is cut", "part-000001 is not what was stored", [] { cut(first("/part-")); }},
        {"the copy is empty", "part-000001 is not what was stored", [] { empty(first("/part-")); }},
        {"the copy is gone", "part-000001", [] { fs::remove(first("/part-")); }},
        {"the copy is another's", "part-000001 is not what was stored",
         [] { put(middle("/part-", "theirs"), first("/part-")); }},
        {"the copy is something else", "part-000001 is not what was stored",
         [] { put(first("/log/"), first("/part-")); }},
        {"a bit of the manifest", "manifest.json: the manifest is damaged",
         [] { flip(first("manifest")); }},
        {"the manifest is empty", "manifest.json: the manifest is damaged",
         [] { empty(first("manifest")); }},
        {"the manifest is edited", "manifest.json: the manifest is damaged",
         [] { edit(first("manifest"), "\"schema_version\":", "\"schema_version\":1"); }},
        {"the manifest is another's", "manifest.json: the manifest is another copy's",
         [] { put(middle("manifest", "theirs"), first("manifest")); }},
        {"the manifest is gone", "there is no finished backup",
         [] { fs::remove(first("manifest")); }}};
    EXPECT_EQ(words(ours()), "");
    for (const Case& each : cases) {
        SCOPED_TRACE(each.what);
        each.make();
        const std::string said = words(ours());
        EXPECT_NE(said.find(each.words), std::string::npos) << said;
        mend();
    }
    EXPECT_EQ(words(ours()), "");
}

TEST_F(DamagedEmbedded, OneThatIsWholeAndWrongIsFoundToo) {
    const TempFolder folder;
    const fs::path file = folder.path() / "test.db";
    {
        auto database = must(sqlite::Connection::open(file, sqlite::Connection::Mode::ReadWrite));
        must(
            database.script("PRAGMA foreign_keys = OFF;"
                            "CREATE TABLE parents (id INTEGER PRIMARY KEY);"
                            "CREATE TABLE children (parent INTEGER REFERENCES parents (id));"
                            "INSERT INTO children VALUES (7);"));
    }
    {
        FolderBackups backups(folder.path() / "backups");
        Life life(file, backups);
        ASSERT_TRUE(life.wait_for_base());
        life.stop();
    }
    const std::string said = words(folder.path() / "backups");
    EXPECT_NE(said.find("children"), std::string::npos) << said;
}

}  // namespace
}  // namespace syncwatch::recovery
