#pragma once
#include <atomic>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/thread_pool.hpp>
#include <gtest/gtest.h>
#include <unistd.h>

#include "adapters/filesystem/file_blob_store.h"
#include "adapters/sql_media/sql_media_store.h"
#include "adapters/sql_media/sql_replica_ledger.h"
#include "adapters/system/system_clock.h"
#include "base/async/run_to_end.h"
#include "harness/contents_of.h"
#include "harness/temp_database.h"
#include "harness/temp_folder.h"
#include "services/objects/healing_store.h"
#include "services/objects/object_copier.h"
#include "services/objects/object_mender.h"
#include "services/objects/passing_store.h"

namespace syncwatch {

/// A store whose line can be cut.
class CutOffBlobs final : public PassingStore {
public:
    using PassingStore::PassingStore;

    Async<StoredBlob> put(std::string key, std::string bytes) override {
        return reach(PassingStore::put(std::move(key), std::move(bytes)));
    }
    Async<StoredBlob> put_file(std::string key, std::filesystem::path file) override {
        return reach(PassingStore::put_file(std::move(key), std::move(file)));
    }
    Async<std::uint64_t> adopt_file(std::string key, std::filesystem::path file) override {
        return reach(PassingStore::adopt_file(std::move(key), std::move(file)));
    }
    Async<StoredBlob> measure(std::string key) override {
        return reach(PassingStore::measure(std::move(key)));
    }
    Async<OpenBlob> open(std::string key) override {
        return reach(PassingStore::open(std::move(key)));
    }
    Async<std::filesystem::path> local_path(std::string key) override {
        return reach(PassingStore::local_path(std::move(key)));
    }
    Async<SourceFile> source_file(std::string key) override {
        return reach(PassingStore::source_file(std::move(key)));
    }
    Async<> bring_back(StoredBlob object) override {
        const auto found = earlier.find(object.key);
        const bool is_it =
            found != earlier.end() && sha256(as_bytes(found->second)) == object.sha256;
        auto none = PassingStore::bring_back(object);
        if (!is_it) co_return co_await reach(std::move(none));
        SW_CO_CHECK(co_await put(std::move(object.key), found->second));
        co_return Result<>();
    }
    Async<> remove(std::string key) override { return reach(PassingStore::remove(std::move(key))); }
    Async<> remove_all(std::string prefix) override {
        return reach(PassingStore::remove_all(std::move(prefix)));
    }
    Async<BlobPage> list_page(std::string prefix, std::string from) override {
        auto listed = reach(PassingStore::list_page(std::move(prefix), std::move(from)));
        SW_CO_TRY(BlobPage page, co_await std::move(listed));
        std::erase_if(page.all, [this](const auto& each) { return unlisted.contains(each.key); });
        co_return page;
    }
    Async<std::uint64_t> size_of(std::string key) override {
        if (says_no_size) co_return nobody();
        auto asked = reach(PassingStore::size_of(std::move(key)));
        co_return co_await std::move(asked);
    }

    std::atomic<bool> away{false};
    std::map<std::string, std::string> earlier;  ///< What it keeps of before, as with versions.
    std::set<std::string> unlisted;  ///< Keys that its listing lacks, as an old one does.
    bool says_no_size = false;       ///< It lists, and does not answer about one object.

private:
    static tl::unexpected<Error> nobody() {
        return fail_unavailable("objects", "the line is cut", std::chrono::seconds(5));
    }
    /// The work begins when it is awaited: what is refused was never done.
    template <class Value>
    net::awaitable<Result<Value>> reach(net::awaitable<Result<Value>> work) {
        if (away) co_return nobody();
        co_return co_await std::move(work);
    }
};

/// Two folders of objects over a real ledger, and all that keeps them alike.
class TwoStoresWorld {
public:
    TwoStoresWorld() {
        copier = ObjectCopier::make(folder.path() / "copies", pool).value();
        mender = std::make_unique<ObjectMender>(
            ObjectMender::Powers{first, &second, replicas, *copier, clock, tally});
        healing = std::make_unique<HealingStore>(
            HealingStore::Powers{first, &second, replicas, pool, clock, tally});
    }

    /// In the first store and in the ledger.
    StoredBlob stored(const std::string& key, const std::string& bytes) {
        const StoredBlob made = run_to_end(healing->put(key, bytes)).value();
        EXPECT_TRUE(run_to_end(media.record({made}, clock.wall())));
        return made;
    }
    /// In both.
    StoredBlob copied(const std::string& key, const std::string& bytes) {
        const StoredBlob made = stored(key, bytes);
        EXPECT_TRUE(run_to_end(mender->replicate(made)));
        return made;
    }
    std::string served(const std::string& key) {
        const auto blob = run_to_end(healing->open(key));
        if (!blob) return "no: " + blob.error().message;
        std::string bytes(blob->size, '\0');
        EXPECT_EQ(::pread(blob->fd.get(), bytes.data(), bytes.size(), 0),
                  static_cast<ssize_t>(bytes.size()));
        return bytes;
    }
    std::filesystem::path in_first(const std::string& key) const {
        return folder.path() / "first" / key;
    }
    std::filesystem::path in_second(const std::string& key) const {
        return folder.path() / "second" / key;
    }
    static std::string content(const std::filesystem::path& file) {
        return std::filesystem::exists(file) ? contents_of(file) : "none";
    }
    /// Changes one bit, in place.
    static void flip(const std::filesystem::path& file) {
        std::fstream out(file, std::ios::binary | std::ios::in | std::ios::out);
        const int was = out.peek();
        out.seekp(0);
        out.put(static_cast<char>(was ^ 1));
    }
    LedgerLine line(const std::string& key) {
        return run_to_end(replicas.find_line(key)).value().value();
    }
    /// What the repair does with all that was noted.
    void repair() {
        const auto faulty =
            run_to_end(replicas.claim_faulty(100, clock.wall(), clock.wall())).value();
        for (const StoredBlob& each : faulty) (void)run_to_end(mender->mend(each));
    }

    TempFolder folder;
    TempDatabase database;
    SystemClock clock;
    net::thread_pool pool{2};
    sql::SqlMediaStore media{database.get()};
    sql::SqlReplicaLedger replicas{database.get()};
    std::unique_ptr<filesystem::FileBlobStore> first_files =
        filesystem::FileBlobStore::open(folder.path() / "first", pool).value();
    std::unique_ptr<filesystem::FileBlobStore> second_files =
        filesystem::FileBlobStore::join(folder.path() / "second", {pool, pool}, "test").value();
    CutOffBlobs first{*first_files};
    CutOffBlobs second{*second_files};
    ObjectTally tally;
    std::unique_ptr<ObjectCopier> copier;
    std::unique_ptr<ObjectMender> mender;
    std::unique_ptr<HealingStore> healing;
};

/// Makes what it was told to, or nothing.
class SaidMaker final : public ObjectMaker {
public:
    explicit SaidMaker(TwoStoresWorld& world) : world_(world) {}
    Async<> make_again(std::string key, Instant) override {
        ++asked;
        if (bytes.empty()) co_return fail(ErrorCode::NotFound, "no original");
        std::string fresh = bytes;
        SW_CO_TRY(StoredBlob made, co_await world_.first.put(key, std::move(fresh)));
        std::vector<StoredBlob> objects;
        objects.push_back(std::move(made));
        co_return co_await world_.media.record(std::move(objects), world_.clock.wall());
    }
    std::string bytes;
    int asked = 0;

private:
    TwoStoresWorld& world_;
};

}  // namespace syncwatch
