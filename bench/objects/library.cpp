// Fills a library with so many small objects in two stores and their lines in the ledger, as if
// everything had been copied and looked at: COUNT DATA SECOND [DATABASE OBJECTS CREDENTIALS].
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <vector>

#include <boost/asio/this_coro.hpp>
#include <fmt/format.h>

#include "adapters/s3/exchange.h"
#include "adapters/s3/s3_client.h"
#include "adapters/system/system_clock.h"
#include "adapters/system/system_random.h"
#include "apps/config/settings.h"
#include "apps/config/takers.h"
#include "apps/node/powers.h"
#include "apps/node/s3_options.h"
#include "base/async/run_to_end.h"
#include "base/async/task_group.h"
#include "domain/media/media_keys.h"

namespace {

using namespace syncwatch;
namespace fs = std::filesystem;

constexpr int kSegmentsOfAFilm = 5000;
constexpr std::string_view kBytes = "a segment";
constexpr std::size_t kLinesAtOnce = 2000;
constexpr int kSendersAtOnce = 16;

template <class Value>
Value must(Result<Value> result) {
    if (!result) {
        fmt::print(stderr, "{}\n", result.error().message);
        std::exit(1);
    }
    if constexpr (!std::is_void_v<Value>) return *std::move(result);
}

std::vector<std::string> keys_of(int count, Random& random) {
    std::vector<std::string> keys;
    VideoId film;
    for (int i = 0; i < count; ++i) {
        if (i % kSegmentsOfAFilm == 0) film = random.make_id<VideoId>(SystemClock().wall());
        keys.push_back(segment_key(film, 1, "v720", i % kSegmentsOfAFilm));
    }
    return keys;
}

void fill_folder(const fs::path& folder, const std::vector<std::string>& keys) {
    for (const std::string& key : keys) {
        const fs::path file = folder / key;
        fs::create_directories(file.parent_path());
        std::ofstream(file) << kBytes;
    }
}

net::awaitable<void> send(s3::S3Client& client, const std::vector<std::string>& keys,
                          std::size_t& next) {
    const auto bytes = std::make_shared<const std::string>(kBytes);
    const Sha256Sum sum = sha256(as_bytes(kBytes));
    while (next < keys.size()) {
        const std::string& key = keys[next++];
        s3::HttpBody body;
        body.text = bytes;
        body.size = bytes->size();
        must(co_await client.put(key, std::move(body), sum));
    }
}

Async<> fill_bucket(s3::S3Client& client, const std::vector<std::string>& keys) {
    std::size_t next = 0;
    TaskGroup tasks(co_await net::this_coro::executor,
                    [](const std::string&, const std::string& what) {
                        fmt::print(stderr, "{}\n", what);
                        std::exit(1);
                    });
    for (int i = 0; i < kSendersAtOnce; ++i) tasks.spawn("send", send(client, keys, next));
    co_await tasks.join();
    co_return Result<>();
}

void fill_ledger(apps::Powers& powers, const std::vector<std::string>& keys) {
    const Sha256Sum sum = sha256(as_bytes(kBytes));
    std::vector<StoredBlob> some;
    for (const std::string& key : keys) {
        some.push_back({key, kBytes.size(), sum});
        if (some.size() < kLinesAtOnce && &key != &keys.back()) continue;
        must(run_to_end(powers.media.record(std::exchange(some, {}), powers.clock.wall())));
    }
    auto copied = [](sql::Connection& db) -> Result<> {
        SW_CHECK(db.run("UPDATE objects SET replicated_at = created_at, verified_at = created_at"));
        return {};
    };
    must(run_to_end(powers.database->write(std::move(copied))));
}

}  // namespace

int main(int argc, char** argv) {
    const std::span<char*> words(argv, static_cast<std::size_t>(argc));
    if (words.size() != 4 && words.size() != 7) return 2;
    config::Settings settings;
    settings.data.dir = words[2];
    const fs::path second = words[3];
    settings.second.folder = second;
    const bool shared = words.size() == 7;
    if (shared) {
        config::take_database(words[4], settings);
        config::take_objects(words[5], settings);
        settings.s3.credentials_file = words[6];
    }
    const auto powers = must(apps::Powers::open(settings));
    must(run_to_end(powers->replicas.use_second(settings.second.name())));
    const auto keys = keys_of(std::atoi(words[1]), powers->random);
    fill_folder(second, keys);
    if (!shared) {
        fill_folder(settings.objects_path(), keys);
    } else {
        CircuitBreaker breaker("objects");
        s3::Exchange exchange(must(apps::s3_options(settings.s3)),
                              s3::Exchange::Powers{powers->clock, powers->random, breaker});
        s3::S3Client client(exchange);
        must(run_to_end(fill_bucket(client, keys)));
    }
    fill_ledger(*powers, keys);
    return 0;
}
