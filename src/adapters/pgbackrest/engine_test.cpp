#include "adapters/pgbackrest/engine.h"

#include <algorithm>
#include <cstdlib>

#include <gtest/gtest.h>

namespace syncwatch::pgbackrest {
namespace {

TEST(EngineTest, OptionsAndSecretsOfOurEnvironmentAreNotHandedOn) {
    ::setenv("PGBACKREST_REPO1_PATH", "/elsewhere", 1);
    ::setenv("SYNCWATCH_DATABASE_PASSWORD", "hunter2", 1);
    ::setenv("TZ", "Europe/Paris", 1);
    const auto lines = Engine::environment({{"TZ", "UTC"}});
    for (const char* each : {"PGBACKREST_REPO1_PATH", "SYNCWATCH_DATABASE_PASSWORD", "TZ"}) {
        ::unsetenv(each);
    }
    const auto count = [&](std::string_view start) {
        return std::ranges::count_if(lines,
                                     [=](const auto& line) { return line.starts_with(start); });
    };
    EXPECT_EQ(count("PGBACKREST_"), 0);
    EXPECT_EQ(count("SYNCWATCH_"), 0);
    EXPECT_EQ(count("TZ="), 1);
    EXPECT_EQ(count("TZ=UTC"), 1);
    EXPECT_EQ(count("PATH="), 1);
}

}  // namespace
}  // namespace syncwatch::pgbackrest
