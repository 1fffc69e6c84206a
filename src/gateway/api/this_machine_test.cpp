#include "gateway/api/this_machine.h"

#include <gtest/gtest.h>

namespace syncwatch::http {
namespace {

TEST(ThisMachineTest, IsNamedByLoopbackAlone) {
    for (const char* own : {"localhost", "LocalHost:8080", "127.0.0.1", "127.0.0.1:8080",
                            "127.1.2.3:1", "[::1]", "[::1]:8080"}) {
        EXPECT_TRUE(names_this_machine(own)) << own;
    }
    for (const char* other : {"", ":", "[", "films.example", "films.example:8080", "192.0.2.1",
                              "192.0.2.1:8080", "[2001:db8::1]:8080", "localhost.evil.example",
                              "127.0.0.1.evil.example:8080", "0.0.0.0"}) {
        EXPECT_FALSE(names_this_machine(other)) << other;
    }
}

TEST(ThisMachineTest, IsNotMeantByAnotherNameOrThroughAProxy) {
    Request request;
    EXPECT_TRUE(is_meant_for_this_machine(request));
    request.fields.set("Host", "localhost:8080");
    EXPECT_TRUE(is_meant_for_this_machine(request));
    request.fields.set("Host", "evil.example:8080");
    EXPECT_FALSE(is_meant_for_this_machine(request));
    for (const char* field : {"X-Forwarded-For", "Forwarded"}) {
        Request passed_on;
        passed_on.fields.set("Host", "127.0.0.1:8080");
        passed_on.fields.set(field, "for=192.0.2.1");
        EXPECT_FALSE(is_meant_for_this_machine(passed_on)) << field;
    }
}

}  // namespace
}  // namespace syncwatch::http
