#pragma once
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/thread_pool.hpp>
#include <gtest/gtest.h>

#include "adapters/filesystem/folder_repository.h"
#include "base/async/run_to_end.h"
#include "harness/manual_clock.h"
#include "harness/must.h"
#include "harness/seeded_random.h"
#include "harness/temp_folder.h"
#include "recovery/catalogue/catalogue.h"

namespace syncwatch {

/// A repository that is another one, but for what a test makes of it.
class PassingRepository : public BackupRepository {
public:
    explicit PassingRepository(BackupRepository& kept) : kept_(kept) {}
    Async<> create(std::string name, std::string bytes) override {
        return kept_.create(std::move(name), std::move(bytes));
    }
    Async<std::uint64_t> create_from(std::string name, std::filesystem::path file) override {
        return kept_.create_from(std::move(name), std::move(file));
    }
    Async<std::string> read(std::string name) override { return kept_.read(std::move(name)); }
    Async<std::uint64_t> fetch(std::string name, std::filesystem::path to) override {
        return kept_.fetch(std::move(name), std::move(to));
    }
    Async<std::vector<Entry>> list(std::string prefix) override {
        return kept_.list(std::move(prefix));
    }
    Async<std::vector<std::string>> folders(std::string prefix) override {
        return kept_.folders(std::move(prefix));
    }
    Async<> remove(std::string name) override { return kept_.remove(std::move(name)); }
    std::string place() const override { return kept_.place(); }

private:
    BackupRepository& kept_;
};

/// Its keys cannot delete.
class KeepingRepository final : public PassingRepository {
public:
    using PassingRepository::PassingRepository;
    Async<> remove(std::string) override {
        co_return fail(ErrorCode::Conflict, "these keys may not delete", "no_delete");
    }
};

/// A catalogue over two folders, each of which can go away as a disk does.
class CatalogueWorld : public testing::Test {
protected:
    recovery::Catalogue open(std::vector<recovery::Place> places) {
        return {{must(recovery::RepositoryNames::of("main")), folder_.path()},
                std::move(places),
                clock_};
    }
    recovery::BackupRecord made(const std::string& component = "sqlite",
                                recovery::BackupKind kind = recovery::BackupKind::Full) {
        clock_.advance(std::chrono::minutes(1));
        recovery::BackupRecord record;
        record.id = random_.make_id<recovery::BackupId>(clock_.wall());
        record.component = component;
        record.kind = kind;
        record.started = record.finished = clock_.wall();
        record.window = {record.started, record.finished};
        return record;
    }
    /// With bytes of its own in the near place, and in the far one if it is there.
    recovery::BackupRecord stored(const std::string& bytes = "data") {
        recovery::BackupRecord record = made();
        const std::string name = catalogue_.names().data(record, "base");
        for (BackupRepository* each : {near_.get(), far_.get()}) {
            (void)run_to_end(each->create(name, bytes));
        }
        return record;
    }
    static recovery::Verification sound(recovery::BackupId id) {
        recovery::Verification look;
        look.backup = id;
        look.level = recovery::VerifyLevel::Restore;
        look.sound = true;
        return look;
    }
    recovery::BackupId add(recovery::BackupRecord record) {
        return must(run_to_end(catalogue_.add(std::move(record)))).stored.record.id;
    }
    recovery::Survey survey(recovery::Catalogue::Depth depth = recovery::Catalogue::Depth::Each) {
        return must(run_to_end(catalogue_.survey(depth)));
    }
    std::filesystem::path file_of(const std::string& place,
                                  const recovery::BackupRecord& record) const {
        return folder_.path() / place / catalogue_.names().record(record);
    }
    static void overwrite(const std::filesystem::path& file, const std::string& text) {
        std::ofstream(file, std::ios::binary) << text;
    }
    void take_away(const std::string& place) {
        std::filesystem::rename(folder_.path() / place, folder_.path() / (place + ".away"));
    }
    void bring_back(const std::string& place) {
        std::filesystem::rename(folder_.path() / (place + ".away"), folder_.path() / place);
    }
    const recovery::Catalogued& found(const recovery::Survey& survey, recovery::BackupId id) const {
        const recovery::Catalogued* const one = survey.find(id);
        if (one == nullptr) throw std::runtime_error("it is not there");
        return *one;
    }
    static bool has(BackupRepository& repository, const std::string& name) {
        return run_to_end(repository.read(name)).has_value();
    }

    using Places = std::vector<std::string>;

    TempFolder folder_;
    ManualClock clock_;
    SeededRandom random_;
    net::thread_pool pool_{1};
    std::unique_ptr<BackupRepository> near_ =
        must(filesystem::FolderRepository::open(folder_.path() / "near", pool_));
    std::unique_ptr<BackupRepository> far_ =
        must(filesystem::FolderRepository::open(folder_.path() / "far", pool_));
    recovery::Catalogue catalogue_ = open({{"near", near_.get()}, {"far", far_.get()}});
};

}  // namespace syncwatch
