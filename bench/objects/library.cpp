// Fills a library with objects and their lines in the ledger; with a second store as if everything
// had been copied and looked at. --help says what it takes.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
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

void fill_folder(const fs::path& folder, const std::vector<std::string>& keys,
                 const std::string& bytes) {
    for (const std::string& key : keys) {
        const fs::path file = folder / key;
        fs::create_directories(file.parent_path());
        std::ofstream(file, std::ios::binary) << bytes;
    }
}

net::awaitable<void> send(s3::S3Client& client, const std::vector<std::string>& keys,
                          const std::string& what, std::size_t& next) {
    const auto bytes = std::make_shared<const std::string>(what);
    const Sha256Sum sum = sha256(as_bytes(what));
    while (next < keys.size()) {
        const std::string& key = keys[next++];
        s3::HttpBody body;
        body.text = bytes;
        body.size = bytes->size();
        must(co_await client.put(key, std::move(body), sum));
    }
}

Async<> fill_bucket(s3::S3Client& client, const std::vector<std::string>& keys,
                    const std::string& bytes) {
    std::size_t next = 0;
    TaskGroup tasks(co_await net::this_coro::executor,
                    [](const std::string&, const std::string& what) {
                        fmt::print(stderr, "{}\n", what);
                        std::exit(1);
                    });
    for (int i = 0; i < kSendersAtOnce; ++i) tasks.spawn("send", send(client, keys, bytes, next));
    co_await tasks.join();
    co_return Result<>();
}

void fill_ledger(apps::Powers& powers, const std::vector<std::string>& keys,
                 const std::string& bytes) {
    const Sha256Sum sum = sha256(as_bytes(bytes));
    std::vector<StoredBlob> some;
    for (const std::string& key : keys) {
        some.push_back({key, bytes.size(), sum});
        if (some.size() < kLinesAtOnce && &key != &keys.back()) continue;
        must(run_to_end(powers.media.record(std::exchange(some, {}), powers.clock.wall())));
    }
}

void mark_copied(apps::Powers& powers, const std::string& second) {
    must(run_to_end(powers.replicas.use_second(second)));
    auto copied = [](sql::Connection& db) -> Result<> {
        SW_CHECK(db.run("UPDATE objects SET replicated_at = created_at, verified_at = created_at"));
        return {};
    };
    must(run_to_end(powers.database->write(std::move(copied))));
}

}  // namespace

int main(int argc, char** argv) {
    int count = 0;
    std::size_t size = 9;
    std::string database;
    std::string objects;
    config::Settings settings;
    CLI::App app("Fills a library with objects.");
    app.add_option("--count", count, "So many objects")->required();
    app.add_option("--bytes", size, "Of so many bytes each");
    app.add_option("--data", settings.data.dir, "The data folder")->required();
    app.add_option("--second", settings.second.folder, "The folder of the second store");
    app.add_option("--database", database, "As database.url");
    app.add_option("--objects", objects, "As objects.url");
    app.add_option("--credentials", settings.s3.credentials_file, "As objects.credentials_file");
    CLI11_PARSE(app, argc, argv);
    if (!database.empty()) config::take_database(database, settings);
    if (!objects.empty()) config::take_objects(objects, settings);
    const auto powers = must(apps::Powers::open(settings));
    const auto keys = keys_of(count, powers->random);
    std::vector<std::uint8_t> random(size);
    powers->random.fill(random);
    const std::string bytes(random.begin(), random.end());
    if (settings.second.on()) fill_folder(settings.second.folder, keys, bytes);
    if (objects.empty()) {
        fill_folder(settings.objects_path(), keys, bytes);
    } else {
        CircuitBreaker breaker("objects");
        s3::Exchange exchange(must(apps::s3_options(settings.s3)),
                              s3::Exchange::Powers{powers->clock, powers->random, breaker});
        s3::S3Client client(exchange);
        must(run_to_end(fill_bucket(client, keys, bytes)));
    }
    fill_ledger(*powers, keys, bytes);
    if (settings.second.on()) mark_copied(*powers, settings.second.name());
    return 0;
}
