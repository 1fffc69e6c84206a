// Films that come in while nodes start and several of them are at one upload: services of two
// nodes over one PostgreSQL and one S3 store.
#include <atomic>
#include <functional>
#include <thread>
#include <utility>

#include <boost/asio/thread_pool.hpp>
#include <gtest/gtest.h>

#include "adapters/memory/memory_bus.h"
#include "adapters/s3/s3_blob_store.h"
#include "adapters/s3/s3_uploads.h"
#include "adapters/sql_media/sql_media_store.h"
#include "base/async/run_to_end.h"
#include "domain/media/media_keys.h"
#include "harness/object_store.h"
#include "harness/postgres_database.h"
#include "harness/temp_folder.h"
#include "services/media/upload_service.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

class NoShelf final : public RoomShelf {
public:
    Async<> put(Principal, RoomCode, VideoId) override { co_return Result<>(); }
};

class Bytes final : public ByteSource {
public:
    explicit Bytes(std::string bytes) : bytes_(std::move(bytes)) {}
    Async<std::size_t> read_some(std::span<char> buffer) override {
        const std::size_t count = bytes_.copy(buffer.data(), buffer.size(), at_);
        at_ += count;
        co_return count;
    }

private:
    const std::string bytes_;
    std::size_t at_ = 0;
};

/// The rows of uploads, where something happens once before a step.
class Rows final : public UploadStore {
public:
    explicit Rows(UploadStore& real) : real_(real) {}

    Async<> add_upload(Upload upload, Video video, std::size_t most) override {
        if (const auto first = std::exchange(before_add, nullptr)) first();
        return real_.add_upload(std::move(upload), std::move(video), most);
    }
    Async<Upload> find_upload(UploadId id) override { return real_.find_upload(id); }
    Async<std::optional<Upload>> upload_of(VideoId video) override {
        return real_.upload_of(video);
    }
    Async<Upload> set_length(UploadId id, std::uint64_t length) override {
        return real_.set_length(id, length);
    }
    Async<> set_expiry(UploadId id, WallTime at) override { return real_.set_expiry(id, at); }
    Async<> complete_upload(UploadId id, std::uint64_t size, std::optional<Sha256Sum> sum,
                            JobId job, WallTime now) override {
        if (const auto first = std::exchange(before_complete, nullptr)) first();
        return real_.complete_upload(id, size, sum, job, now);
    }
    Async<bool> wants_original(VideoId video) override { return real_.wants_original(video); }
    Async<> reject_upload(UploadId id, VideoError error) override {
        return real_.reject_upload(id, std::move(error));
    }
    Async<Upload> remove_upload(UploadId id) override { return real_.remove_upload(id); }
    Async<std::vector<Upload>> expired_uploads(WallTime now, int limit) override {
        return real_.expired_uploads(now, limit);
    }
    Async<std::vector<UploadId>> unfinished_uploads() override {
        return real_.unfinished_uploads();
    }

    std::function<void()> before_add;
    std::function<void()> before_complete;

private:
    UploadStore& real_;
};

/// The pieces of uploads, where something happens once before they are put together.
class Pieces final : public UploadFiles {
public:
    explicit Pieces(UploadFiles& real) : real_(real) {}

    Grain grain() const override { return real_.grain(); }
    Async<> create(UploadId id) override { return real_.create(id); }
    Async<std::uint64_t> size(UploadId id) override { return real_.size(id); }
    Async<UploadWriter> begin(UploadId id, std::uint64_t offset, Kind kind) override {
        return real_.begin(id, offset, kind);
    }
    Async<std::string> append(UploadWriter writer, std::string buffer, std::size_t count) override {
        return real_.append(writer, std::move(buffer), count);
    }
    Async<> accept(UploadWriter writer) override { return real_.accept(writer); }
    Async<> discard(UploadWriter writer) override { return real_.discard(writer); }
    Async<FinishedUpload> finish(UploadId id) override {
        if (const auto first = std::exchange(before_finish, nullptr)) first();
        return real_.finish(id);
    }
    Async<> remove(UploadId id) override { return real_.remove(id); }
    Async<std::vector<UploadId>> list() override { return real_.list(); }

    std::function<void()> before_finish;

private:
    UploadFiles& real_;
};

/// What one node has of its own.
struct UploadNode {
    UploadNode(const std::string& objects, sql::Database& database) : store(database) {
        blobs =
            s3::S3BlobStore::open({TestObjectStore::options(objects), {folder.path() / "cache"}},
                                  {clock, random, breaker, pool, pool})
                .value();
        exchange = std::make_unique<s3::Exchange>(TestObjectStore::options(objects),
                                                  s3::Exchange::Powers{clock, random, breaker});
        files = s3::S3Uploads::open({folder.path() / "arrived"}, {*exchange, random, pool}).value();
        pieces = std::make_unique<Pieces>(*files);
        start();
    }
    void start() {
        UploadService::Options options;
        options.spare_bytes = 0;
        service = std::make_unique<UploadService>(
            UploadService::Powers{rows, *pieces, *blobs, shelf, bus, clock, random}, options);
    }

    TempFolder folder;
    SystemClock clock;
    SystemRandom random;
    CircuitBreaker breaker{"objects"};
    net::thread_pool pool{2};
    MemoryBus bus;
    NoShelf shelf;
    sql::SqlMediaStore store;
    Rows rows{store};
    std::unique_ptr<s3::S3BlobStore> blobs;
    std::unique_ptr<s3::Exchange> exchange;
    std::unique_ptr<s3::S3Uploads> files;
    std::unique_ptr<Pieces> pieces;
    std::unique_ptr<UploadService> service;
};

class SharedUploadsTest : public testing::Test {
protected:
    Principal owner() {
        Principal who;
        who.kind = UserKind::User;
        who.user = a_.random.make_id<UserId>(a_.clock.wall());
        return who;
    }
    Upload create(std::uint64_t length) {
        UploadService::NewUpload wanted;
        wanted.length = length;
        wanted.filename = "Film.mp4";
        const auto made = run_to_end(a_.service->create(ann_, std::move(wanted)));
        EXPECT_TRUE(made) << made.error().message;
        return made.value().upload;
    }
    static Result<UploadService::State> receive(UploadNode& node, const Principal& who, UploadId id,
                                                std::uint64_t offset, std::string bytes) {
        UploadService::Part part;
        part.offset = offset;
        Bytes source(std::move(bytes));
        return run_to_end(node.service->receive(who, id, std::move(part), &source));
    }
    /// Every byte is there, and whoever took the last one in is gone.
    Upload arrived(const std::string& bytes) {
        const Upload made = create(bytes.size());
        const auto writer =
            run_to_end(a_.files->begin(made.id, 0, UploadFiles::Kind::Final)).value();
        const std::size_t half = bytes.size() / 2;
        EXPECT_TRUE(run_to_end(a_.files->append(writer, bytes.substr(0, half), half)));
        EXPECT_TRUE(run_to_end(a_.files->append(writer, bytes.substr(half), bytes.size() - half)));
        return made;
    }
    /// What the store has; nothing: it has nothing.
    std::optional<Sha256Sum> original(VideoId id) {
        TestS3Client asked(objects_);
        const auto facts =
            run_to_end(asked.client.get(source_key(id), std::make_shared<s3::Download>()));
        EXPECT_TRUE(facts || facts.error().code == ErrorCode::NotFound);
        return facts ? facts->sha256 : std::nullopt;
    }
    static Sha256Sum sum_of(std::string_view bytes) { return sha256(as_bytes(bytes)); }
    int jobs_of(VideoId id) {
        int found = 0;
        const auto jobs = run_to_end(a_.store.jobs()).value();
        for (const Job& each : jobs) found += each.video == id;
        return found;
    }
    /// What the upkeep does with what nobody refers to.
    void remove_doomed() {
        const auto doomed = run_to_end(a_.store.doomed(100)).value();
        for (const std::string& each : doomed) {
            EXPECT_TRUE(run_to_end(a_.blobs->remove_all(each)));
            EXPECT_TRUE(run_to_end(a_.store.forget_doomed(each)));
        }
    }

    const std::string objects_ = TestObjectStore::url();
    PostgresDatabase database_;
    UploadNode a_{objects_, database_.get()};
    UploadNode b_{objects_, database_.get()};
    const Principal ann_ = owner();
};

TEST_F(SharedUploadsTest, AnUploadThatJustBeginsOutlivesAnothersStart) {
    a_.rows.before_add = [this] {
        b_.start();
        EXPECT_TRUE(run_to_end(b_.service->recover()));
    };
    const Upload made = create(8);
    EXPECT_EQ(receive(a_, ann_, made.id, 0, "12345678").value().offset, 8u);
    EXPECT_EQ(original(made.video), sum_of("12345678"));
    EXPECT_EQ(jobs_of(made.video), 1);
}

TEST_F(SharedUploadsTest, AnUploadUnderWayGoesOnThroughAnothersStartAndAtTheOther) {
    const Upload made = create(8);
    ASSERT_TRUE(receive(a_, ann_, made.id, 0, "1234"));
    b_.start();
    ASSERT_TRUE(run_to_end(b_.service->recover()));
    EXPECT_EQ(run_to_end(a_.service->state(ann_, made.id)).value().offset, 4u);
    ASSERT_TRUE(receive(b_, ann_, made.id, 4, "5678"));
    EXPECT_EQ(original(made.video), sum_of("12345678"));
    EXPECT_TRUE(run_to_end(a_.service->state(ann_, made.id)).value().upload.completed);
    EXPECT_EQ(jobs_of(made.video), 1);
}

TEST_F(SharedUploadsTest, TwoThatSettleOneUploadAtOnceMakeOneFilm) {
    for (int round = 0; round < 10; ++round) {
        SCOPED_TRACE(round);
        const std::string bytes(3'000'000, static_cast<char>('a' + round));
        const Upload made = arrived(bytes);
        std::atomic<int> ready{0};
        std::vector<std::thread> nodes;
        for (UploadNode* node : {&a_, &b_}) {
            nodes.emplace_back([&, node] {
                for (++ready; ready < 2;) std::this_thread::yield();
                EXPECT_TRUE(run_to_end(node->service->finish_pending()));
            });
        }
        for (std::thread& each : nodes) each.join();
        EXPECT_EQ(original(made.video), sum_of(bytes));
        EXPECT_EQ(jobs_of(made.video), 1);
        EXPECT_EQ(run_to_end(a_.store.find(made.video)).value().status, VideoStatus::Probing);
        const auto line = run_to_end(a_.store.find_object(source_key(made.video))).value();
        ASSERT_TRUE(line);
        EXPECT_EQ(line->sha256, sum_of(bytes));
        EXPECT_TRUE(run_to_end(a_.files->list()).value().empty());
        for (UploadNode* node : {&a_, &b_}) {
            EXPECT_TRUE(run_to_end(node->service->state(ann_, made.id)).value().upload.completed);
        }
    }
}

TEST_F(SharedUploadsTest, WhoFindsThePiecesGoneLeavesTheFilmAsItIs) {
    const Upload made = arrived("the film");
    a_.pieces->before_finish = [&] {
        EXPECT_TRUE(run_to_end(b_.service->finish_pending()));
        // As between the pieces and the mark, which goes last.
        EXPECT_TRUE(run_to_end(b_.files->create(made.id)));
    };
    EXPECT_TRUE(run_to_end(a_.service->finish_pending()));
    EXPECT_EQ(original(made.video), sum_of("the film"));
    EXPECT_EQ(jobs_of(made.video), 1);
}

TEST_F(SharedUploadsTest, TheLaterOfTwoBringsNothingBackThatIsGoneAlready) {
    const Upload made = arrived("the film");
    // The other node makes it, finds that it is no film, and drops it, while this one stores it.
    a_.rows.before_complete = [&] {
        EXPECT_TRUE(run_to_end(b_.service->finish_pending()));
        const WallTime now = b_.clock.wall();
        const Job job = run_to_end(b_.store.claim("b", now, 60s)).value().value();
        VideoError error;
        error.code = "not_a_video";
        ASSERT_TRUE(run_to_end(b_.store.fail_job(job.lease(), error, Original::Drop)));
        remove_doomed();
        // The slower one's bytes come in behind that.
        ASSERT_TRUE(run_to_end(a_.blobs->put(source_key(made.video), "the film")));
    };
    ASSERT_TRUE(run_to_end(a_.service->finish_pending()));
    EXPECT_EQ(original(made.video), std::nullopt) << "nobody would ever remove it";
    EXPECT_EQ(jobs_of(made.video), 0);
}

TEST_F(SharedUploadsTest, AFilmThatIsRemovedWhileItIsStoredLeavesNothing) {
    const Upload made = arrived("the film");
    a_.rows.before_complete = [&] {
        ASSERT_TRUE(run_to_end(b_.service->remove(ann_, made.id)));
        remove_doomed();
        ASSERT_TRUE(run_to_end(a_.blobs->put(source_key(made.video), "the film")));
    };
    ASSERT_TRUE(run_to_end(a_.service->finish_pending()));
    EXPECT_EQ(original(made.video), std::nullopt);
    EXPECT_FALSE(run_to_end(a_.store.find(made.video)));
    EXPECT_TRUE(run_to_end(a_.files->list()).value().empty());
}

}  // namespace
}  // namespace syncwatch
