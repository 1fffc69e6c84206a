#include "adapters/filesystem/file_chat_spool.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <future>
#include <thread>

#include <gtest/gtest.h>

#include "contract/chat_spool_contract.h"
#include "harness/contents_of.h"
#include "harness/temp_folder.h"

namespace syncwatch {
namespace {

namespace fs = std::filesystem;
using filesystem::FileChatSpool;
using Texts = std::vector<std::string>;

struct MadeFileSpool {
    ChatSpool& spool() { return *opened; }
    void restart() { restart(options); }
    void restart(FileChatSpool::Options with) {
        stop();
        options = std::move(with);
        options.folder = folder.path() / "spool";
        pool = std::make_unique<net::thread_pool>(1);
        opened = FileChatSpool::open(options, *pool).value();
    }
    void stop() {
        if (pool) pool->join();
        opened.reset();
    }
    MadeFileSpool() { restart({}); }
    ~MadeFileSpool() { stop(); }

    std::vector<fs::path> files(const std::string& extension = ".log") const {
        std::vector<fs::path> found;
        for (const auto& each : fs::directory_iterator(options.folder)) {
            if (each.path().extension() == extension) found.push_back(each.path());
        }
        std::ranges::sort(found);
        return found;
    }

    TempFolder folder;
    FileChatSpool::Options options;
    std::unique_ptr<net::thread_pool> pool;
    std::unique_ptr<FileChatSpool> opened;
};

INSTANTIATE_TYPED_TEST_SUITE_P(Files, ChatSpoolContract, MadeFileSpool);

class FileChatSpoolTest : public ChatSpoolContract<MadeFileSpool> {
protected:
    static void put(const fs::path& path, const std::string& bytes) {
        std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
    }
};

TEST_F(FileChatSpoolTest, AFileThatIsCutOffAnywhereGivesWhatIsWhole) {
    const RoomCode where = room();
    keep(where, {"first"});
    const std::size_t whole = fs::file_size(made_.files().at(0));
    keep(where, {"second"});
    made_.stop();
    const fs::path file = made_.files().at(0);
    const std::string bytes = contents_of(file);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        put(file, bytes.substr(0, size));
        made_.restart();
        const std::size_t expected = size < whole ? 0 : 1;
        ASSERT_EQ(texts(where).size(), expected) << size;
        made_.stop();
        for (const auto& each : made_.files()) fs::remove(each);
    }
    EXPECT_TRUE(made_.files(".damaged").empty()) << "an unfinished write is no damage";
}

TEST_F(FileChatSpoolTest, AFlippedBitCostsOneMessageAndItsFileIsKeptAside) {
    const RoomCode where = room();
    keep(where, {"first"});
    const std::size_t first = fs::file_size(made_.files().at(0));
    keep(where, {"second"});
    const std::size_t second = fs::file_size(made_.files().at(0));
    keep(where, {"third"});
    made_.stop();
    const std::string bytes = contents_of(made_.files().at(0));
    for (std::size_t at = first; at < second; at += 7) {
        std::string flipped = bytes;
        flipped[at] = static_cast<char>(flipped[at] ^ 0x10);
        for (const auto& each : made_.files()) fs::remove(each);
        put(made_.options.folder / "00000001.log", flipped);
        made_.restart();
        ASSERT_EQ(texts(where), (Texts{"first", "third"})) << at;
        std::vector<MessageId> ids;
        for (const auto& each : spool().waiting(where)) ids.push_back(each.message.id);
        spool().done(where, ids);
        made_.stop();
        EXPECT_EQ(made_.files(".damaged").size(), 1U) << at;
        EXPECT_TRUE(made_.files().empty()) << at;
    }
}

TEST_F(FileChatSpoolTest, AFileGoesWhenAllOfItIsDoneAndComesBackIfTheProcessDiesBefore) {
    const RoomCode where = room();
    FileChatSpool::Options small;
    small.file_size = 1;
    made_.restart(small);
    const auto first = keep(where, {"a"});
    const auto second = keep(where, {"b"});
    ASSERT_EQ(made_.files().size(), 2U);
    const std::string a = contents_of(made_.files().at(0));
    const fs::path file = made_.files().at(0);
    spool().done(where, first);
    made_.stop();
    EXPECT_EQ(made_.files().size(), 1U);
    put(file, a);
    made_.restart(small);
    EXPECT_EQ(texts(where), (Texts{"a", "b"})) << "replayed twice: the store takes it";
    spool().done(where, first);
    spool().done(where, second);
    keep(where, {"c"});
    made_.stop();
    EXPECT_EQ(made_.files().size(), 1U);
    made_.restart(small);
    EXPECT_EQ(texts(where), (Texts{"c"}));
}

TEST_F(FileChatSpoolTest, AFullSpoolRefusesAndTakesAgainWhenThereIsRoom) {
    const RoomCode where = room();
    FileChatSpool::Options small;
    small.limit = 2000;
    made_.restart(small);
    std::vector<MessageId> ids;
    Result<> last;
    for (int i = 0; i < 20 && last; ++i) {
        const ChatDraft next = draft("line");
        last = run_to_end(spool().append(where, {next}));
        if (last) ids.push_back(next.message.id);
    }
    ASSERT_FALSE(last);
    EXPECT_EQ(last.error().code, ErrorCode::Unavailable);
    EXPECT_EQ(last.error().component, "chat");
    EXPECT_GT(last.error().retry_after.count(), 0);
    EXPECT_EQ(texts(where).size(), ids.size()) << "what was taken is there";
    spool().done(where, ids);
    made_.restart(small);
    keep(where, {"again"});
    EXPECT_EQ(texts(where), (Texts{"again"}));
}

TEST_F(FileChatSpoolTest, AFolderThatIsGoneRefusesAndGoesOnWhenItIsBack) {
    const RoomCode where = room();
    fs::remove_all(made_.options.folder);
    const auto refused = run_to_end(spool().append(where, {draft("lost")}));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::Unavailable);
    fs::create_directory(made_.options.folder);
    keep(where, {"kept"});
    made_.restart();
    EXPECT_EQ(texts(where), (Texts{"kept"}));
}

TEST_F(FileChatSpoolTest, ManyAtOnceAreAllThereEachInItsOrder) {
    std::vector<RoomCode> rooms;
    std::vector<std::vector<ChatDraft>> said(8);
    for (auto& each : said) {
        rooms.push_back(room());
        for (int i = 0; i < 50; ++i) each.push_back(draft(std::to_string(i)));
    }
    std::vector<std::thread> people;
    for (std::size_t i = 0; i < said.size(); ++i) {
        people.emplace_back([&, i] {
            for (const ChatDraft& each : said[i]) {
                EXPECT_TRUE(run_to_end(spool().append(rooms[i], {each})));
            }
        });
    }
    for (auto& each : people) each.join();
    made_.restart();
    EXPECT_EQ(spool().level().messages, 400U);
    for (const RoomCode& each : rooms) {
        const Texts found = texts(each);
        ASSERT_EQ(found.size(), 50U);
        for (int i = 0; i < 50; ++i)
            EXPECT_EQ(found[static_cast<std::size_t>(i)], std::to_string(i));
    }
}

}  // namespace
}  // namespace syncwatch
