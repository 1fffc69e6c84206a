#include "gateway/http/router.h"

#include <gtest/gtest.h>

namespace syncwatch::http {
namespace {

net::awaitable<Response> nothing(Request&) {
    co_return Response{};
}

Router example() {
    Router router;
    router.add(Method::Get, "/rooms/{code}", nothing);
    router.add(Method::Patch, "/rooms/{code}", nothing);
    router.add(Method::Get, "/uploads/{id}", nothing);
    router.add(Method::Head, "/uploads/{id}", nothing);
    router.add(Method::Get, "/media/{token}/{rest...}", nothing);
    return router;
}

TEST(RouterTest, APartInBracesIsCaptured) {
    const Router router = example();
    const auto found = std::get<Router::Found>(router.find(Method::Patch, "/rooms/ABC"));
    ASSERT_EQ(found.parameters.size(), 1u);
    EXPECT_EQ(found.parameters[0].second, "ABC");
}

TEST(RouterTest, TheRestTakesSlashesToo) {
    const Router router = example();
    const auto found = std::get<Router::Found>(router.find(Method::Get, "/media/t/v/720/1.m4s"));
    EXPECT_EQ(found.parameters[1], (std::pair<std::string, std::string>("rest", "v/720/1.m4s")));
}

TEST(RouterTest, AWrongMethodNamesTheRightOnes) {
    const Router router = example();
    const auto wrong = std::get<Router::WrongMethod>(router.find(Method::Delete, "/rooms/ABC"));
    EXPECT_EQ(wrong.allow, "GET, HEAD, PATCH");
}

TEST(RouterTest, HeadIsServedByGetUnlessItHasItsOwnHandler) {
    const Router router = example();
    EXPECT_EQ(std::get<Router::Found>(router.find(Method::Head, "/rooms/A")).route->method,
              Method::Get);
    EXPECT_EQ(std::get<Router::Found>(router.find(Method::Head, "/uploads/A")).route->method,
              Method::Head);
}

TEST(RouterTest, WhatFitsNoPatternIsNoPath) {
    const Router router = example();
    for (const char* path : {"/", "/rooms", "/rooms/", "/rooms/a/b", "/media/t", "", "rooms/a"}) {
        EXPECT_TRUE(std::holds_alternative<Router::NoSuchPath>(router.find(Method::Get, path)))
            << path;
    }
}

}  // namespace
}  // namespace syncwatch::http
