#include "apps/region/parts.h"

#include <map>
#include <set>

#include <gtest/gtest.h>

#include "harness/temp_folder.h"

namespace syncwatch::lab {
namespace {

Place place_in(const TempFolder& folder, char region = 'a') {
    LabOptions options;
    options.region = region;
    options.nodes = PortPlan::kMostNodes;
    options.workers = PortPlan::kMostNodes;
    return Place::make(options, folder.path()).value();
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

TEST(PartsTest, EveryPortHasOneOwnerAndLiesInItsRegion) {
    const TempFolder folder;
    for (const char region : {'a', 'b'}) {
        const Place place = place_in(folder, region);
        const auto parts = parts_of(place).value();
        std::map<std::uint16_t, std::string> owners;
        for (const Part& part : parts) {
            std::vector<std::uint16_t> ports = part.ports;
            for (const Pipe& each : part.pipes) ports.push_back(each.from);
            for (const std::uint16_t port : ports) {
                const auto [at, first] = owners.emplace(port, part.name);
                EXPECT_TRUE(first) << port << ": " << part.name << " and " << at->second;
                EXPECT_GE(port, place.ports.first());
                EXPECT_LT(port, place.ports.first() + PortPlan::kSpan);
            }
        }
    }
}

TEST(PartsTest, WhoIsNeededComesFirst) {
    const TempFolder folder;
    const auto parts = parts_of(place_in(folder)).value();
    std::set<std::string> before;
    for (const Part& part : parts) {
        for (const auto& need : part.needs) EXPECT_TRUE(before.contains(need)) << part.name;
        EXPECT_TRUE(before.insert(part.name).second) << part.name;
        EXPECT_NE(part.pipes.empty(), part.why_no_door.empty()) << part.name;
    }
}

TEST(PartsTest, PartsMeetAtTheirDoors) {
    const TempFolder folder;
    const Place place = place_in(folder, 'b');
    EXPECT_EQ(bus_url(place), "sentinel://127.0.0.1:20556,127.0.0.1:20557,127.0.0.1:20558/lab-b");
    EXPECT_EQ(database_url(place, "me", "films"),
              "postgres://me@127.0.0.1:20531,127.0.0.1:20532/films");
    EXPECT_TRUE(has(redis_configuration(place, 2), "port 20652\n"));
    EXPECT_TRUE(has(redis_configuration(place, 2), "replica-announce-port 20552\n"));
    EXPECT_TRUE(has(redis_configuration(place, 2), "replicaof 127.0.0.1 20551\n"));
    EXPECT_TRUE(has(sentinel_configuration(place, 1), "sentinel monitor lab-b 127.0.0.1 20551 2"));
    EXPECT_TRUE(has(etcd_configuration(place, 1), "b-etcd-2=http://127.0.0.1:20547,"));
    const std::string patroni = patroni_configuration(place, 2, "/pg");
    EXPECT_TRUE(has(patroni, "connect_address: 127.0.0.1:20532\n"));
    EXPECT_TRUE(has(patroni, "\"127.0.0.1:20721\"")) << "its own way to etcd";
    EXPECT_TRUE(has(site_configuration(place), "server node-9 127.0.0.1:20519 check\n"));
    EXPECT_TRUE(has(node_configuration(place, 1), "listen = \"127.0.0.1:20611\"\n"));
    EXPECT_TRUE(has(door_configuration({{20551, 20651}}), "server behind 127.0.0.1:20651\n"));
}

TEST(PartsTest, SecretsAreMadeOnce) {
    const TempFolder folder;
    const Place place = place_in(folder);
    const auto made = place.secret("turn");
    ASSERT_TRUE(made);
    EXPECT_EQ(made->size(), 40U);
    EXPECT_EQ(*place.secret("turn"), *made);
    EXPECT_NE(*place.secret("dns"), *made);
    EXPECT_TRUE(has(turn_configuration(place, 1, *made), "static-auth-secret=" + *made));
}

TEST(PartsTest, AFolderThatServersCannotNameIsRefused) {
    EXPECT_TRUE(Place::make({}, "/tmp/lab"));
    EXPECT_FALSE(Place::make({}, "/tmp/my lab"));
    EXPECT_FALSE(Place::make({}, "/tmp/" + std::string(100, 'x')));
}

}  // namespace
}  // namespace syncwatch::lab
