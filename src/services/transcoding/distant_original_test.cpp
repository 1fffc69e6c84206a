// Segments that are made again from an original which lies in an object store alone.
#include <cstdio>
#include <filesystem>

#include <boost/asio/thread_pool.hpp>
#include <gtest/gtest.h>

#include "adapters/s3/s3_blob_store.h"
#include "harness/long_film.h"
#include "harness/long_run.h"
#include "harness/object_store.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

/// A node with an empty cache.
struct S3Node {
    explicit S3Node(const std::string& url)
        : store(s3::S3BlobStore::open({TestObjectStore::options(url), {folder.path()}},
                                      {clock, random, breaker, pool, pool})
                    .value()) {}

    TempFolder folder;
    SystemClock clock;
    SystemRandom random;
    CircuitBreaker breaker{"objects"};
    net::thread_pool pool{4};
    std::unique_ptr<s3::S3BlobStore> store;
};

class DistantOriginalTest : public testing::Test {
protected:
    /// Enters a film of so many minutes whose original lies in the object store.
    LongFilm film_in_the_store(int minutes) {
        const auto file = film_of_minutes(folder_.path(), minutes);
        const auto copy = folder_.path() / "copy.mp4";
        std::filesystem::create_hard_link(file, copy);
        TimedRestorer runner(world_, *world_.blobs);
        LongFilm film = enter_long_film(world_, runner, file);
        S3Node uploader(url_);
        const auto stored = run_to_end(uploader.store->put_file(source_key(film.id), copy));
        EXPECT_TRUE(stored) << stored.error().message;
        return film;
    }

    TempFolder folder_;
    TranscodeWorld world_{folder_.path() / "world"};
    const std::string url_ = TestObjectStore::url();
};

TEST_F(DistantOriginalTest, OnlyWhatASegmentIsMadeFromComes) {
    const LongFilm film = film_in_the_store(3);
    S3Node node(url_);
    TimedRestorer maker(world_, *node.store);
    for (const std::string& stream : film.streams()) {
        const std::string key = segment_key(film.id, 1, stream, film.last / 2);
        maker.make(key);
        EXPECT_TRUE(run_to_end(node.store->open(key))) << key;
    }
    const auto source = run_to_end(node.store->source_file(source_key(film.id)));
    ASSERT_TRUE(source && source->partial) << "the film is large enough to come in pages";
    const auto& object = dynamic_cast<const s3::PartialObject&>(*source->partial);
    EXPECT_GT(object.bytes_here(), 0u);
    EXPECT_LT(object.bytes_here(), object.size() / 2);
}

/// Two hours at 720p, 2.8 GB; a node that has never seen the film.
TEST_F(DistantOriginalTest, ALateSegmentOfTwoHoursIsThereWhileAPlayerWaits) {
    if (!harness::is_long_run()) GTEST_SKIP() << "--long";
    const LongFilm film = film_in_the_store(120);
    for (const std::string& stream : film.streams()) {
        S3Node node(url_);
        TimedRestorer maker(world_, *node.store);
        for (const int number : {film.last / 2, film.last - 1}) {
            const auto took = maker.make(segment_key(film.id, 1, stream, number));
            std::printf("%s %d: %d ms\n", stream.c_str(), number, static_cast<int>(took.count()));
            std::fflush(stdout);
            EXPECT_LT(took, 15s) << stream;
        }
    }
}

}  // namespace
}  // namespace syncwatch
