// What several nodes stand on, PostgreSQL, Redis and an object store, until stdin ends: one line of
// JSON says where they are.
#include <cstdio>
#include <fstream>
#include <iostream>
#include <string>

#include <fmt/format.h>

#include "apps/lab/postgres_server.h"
#include "apps/lab/redis_server.h"
#include "harness/object_store.h"
#include "harness/temp_folder.h"

int main() {
    using namespace syncwatch;
    const TempFolder folder;
    const TempFolder postgres_folder;
    const auto postgres = lab::PostgresServer::make({postgres_folder.path()});
    if (!postgres) {
        fmt::print(stderr, "no PostgreSQL: {}\n", postgres.error().message);
        return 1;
    }
    const TempFolder redis_folder;
    const auto redis = lab::RedisServer::make({redis_folder.path()});
    if (!redis) {
        fmt::print(stderr, "no Redis: {}\n", redis.error().message);
        return 1;
    }
    const auto keys = folder.path() / "keys";
    std::ofstream(keys) << "[default]\naws_access_key_id = " << TestObjectStore::kAccessKey
                        << "\naws_secret_access_key = " << TestObjectStore::kSecretKey << "\n";
    const auto& store = TestObjectStore::server();
    fmt::print(
        "{{\"database\":\"{}\",\"bus\":\"{}\",\"objects\":\"{}\",\"credentials\":\"{}\","
        "\"secure\":\"s3:https://localhost:{}/films/secure\",\"authority\":\"{}\"}}\n",
        (*postgres)->url(), (*redis)->url(), TestObjectStore::url(), keys.string(),
        store.https_port(), store.ca_file().string());
    std::fflush(stdout);
    for (std::string line; std::getline(std::cin, line);) {
    }
    return 0;
}
