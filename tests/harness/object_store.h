#pragma once
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include <fmt/format.h>

#include "adapters/s3/s3_client.h"
#include "adapters/system/system_clock.h"
#include "adapters/system/system_random.h"
#include "apps/lab/object_store_server.h"
#include "base/async/run_to_end.h"
#include "harness/temp_folder.h"

namespace syncwatch {

/// One radosgw for all tests of a program, started by the first that wants it. It holds the bucket
/// "films"; each test has a prefix of its own in it.
class TestObjectStore {
public:
    static constexpr const char* kAccessKey = "FILMS";
    static constexpr const char* kSecretKey = "a/secret+of=films";

    static lab::ObjectStoreServer& server() {
        static const TempFolder folder;
        static const auto running = start(folder);
        return *running;
    }
    /// "s3:http://…" with a prefix that nobody else has.
    static std::string url(const std::string& settings = "") {
        static std::atomic<int> next{0};
        return fmt::format("s3:http://localhost:{}/films/test{}{}", server().http_port(), next++,
                           settings);
    }
    /// The file with its keys that a node reads.
    static std::filesystem::path credentials_file() {
        static const TempFolder folder;
        const auto file = folder.path() / "keys";
        std::ofstream(file) << "[default]\naws_access_key_id = " << kAccessKey
                            << "\naws_secret_access_key = " << kSecretKey << "\n";
        return file;
    }
    static s3::Exchange::Options options(const std::string& url) {
        s3::Exchange::Options options;
        options.location = s3::Location::parse(url).value();
        options.credentials = []() -> Result<s3::Credentials> {
            return s3::Credentials{kAccessKey, kSecretKey};
        };
        return options;
    }

private:
    static std::unique_ptr<lab::ObjectStoreServer> start(const TempFolder& folder) {
        auto made = lab::ObjectStoreServer::make({folder.path()});
        Result<> ready = made ? (*made)->create_user("films", kAccessKey, kSecretKey)
                              : Result<>(fail(made.error()));
        if (ready) ready = create_bucket((*made)->http_port());
        if (!ready) {
            std::fprintf(stderr, "no object store to test with: %s\n",
                         ready.error().message.c_str());
            std::abort();
        }
        return *std::move(made);
    }
    static Result<> create_bucket(std::uint16_t port) {
        SystemClock clock;
        SystemRandom random;
        CircuitBreaker breaker("objects");
        s3::Exchange exchange(options(fmt::format("s3:http://localhost:{}/films", port)),
                              s3::Exchange::Powers{clock, random, breaker});
        return run_to_end(s3::S3Client(exchange).create_bucket());
    }
};

/// A client of some store, and what it stands on.
struct TestS3Client {
    explicit TestS3Client(s3::Exchange::Options options)
        : exchange(std::move(options), s3::Exchange::Powers{clock, random, breaker}) {}
    explicit TestS3Client(const std::string& url) : TestS3Client(TestObjectStore::options(url)) {}

    Result<> put(const std::string& name, const std::string& bytes) {
        s3::HttpBody body;
        body.text = std::make_shared<const std::string>(bytes);
        body.size = bytes.size();
        return run_to_end(client.put(name, std::move(body), sha256(as_bytes(bytes))));
    }
    /// At least one byte of it.
    Result<std::string> get(const std::string& name, std::uint64_t offset = 0) {
        return run_to_end(client.get_part(name, offset, 1 << 20));
    }

    SystemClock clock;
    SystemRandom random;
    CircuitBreaker breaker{"objects"};
    s3::Exchange exchange;
    s3::S3Client client{exchange};
};

}  // namespace syncwatch
