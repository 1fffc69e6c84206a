#include "gateway/http/file_answer.h"

#include <gtest/gtest.h>

namespace syncwatch::http {
namespace {

using Part = std::pair<std::uint64_t, std::uint64_t>;

struct RangeCase {
    const char* field;
    std::optional<Part> part;
};

TEST(ParseRangeTest, OneRangeIsUnderstoodAndAnythingElseIsIgnored) {
    const RangeCase cases[] = {
        {"bytes=0-0", Part{0, 1}},       {"bytes=0-", Part{0, 100}},
        {"bytes=90-200", Part{90, 10}},  {"bytes=-10", Part{90, 10}},
        {"bytes=-500", Part{0, 100}},    {"bytes=100-", Part{0, 0}},
        {"bytes=5-4", std::nullopt},     {"bytes=a-b", std::nullopt},
        {"bytes=", std::nullopt},        {"items=0-1", std::nullopt},
        {"bytes=0-1,5-6", std::nullopt}, {"bytes=99999999999999999999-", std::nullopt},
    };
    for (const auto& c : cases) EXPECT_EQ(parse_range(c.field, 100), c.part) << c.field;
}

FileFacts facts() {
    return {"video/mp4", "max-age=1", "\"v1\""};
}

Response ask(std::initializer_list<std::pair<std::string, std::string>> fields) {
    Request request;
    for (const auto& [key, value] : fields) request.fields.add(key, value);
    return answer_file(request, OpenBlob{UniqueFd(), 100}, facts());
}

TEST(AnswerFileTest, ARangeIs206WithItsPlace) {
    const Response response = ask({{"Range", "bytes=10-19"}});
    EXPECT_EQ(response.status, 206);
    EXPECT_EQ(response.fields.find("Content-Range"), "bytes 10-19/100");
    EXPECT_EQ(std::get<FileBody>(response.body).size, 10u);
}

TEST(AnswerFileTest, ARangeBehindTheEndIs416) {
    EXPECT_EQ(ask({{"Range", "bytes=100-"}}).status, 416);
}

TEST(AnswerFileTest, WhatTheClientHasIs304) {
    EXPECT_EQ(ask({{"If-None-Match", "\"v0\", W/\"v1\""}}).status, 304);
    EXPECT_EQ(ask({{"If-None-Match", "\"v2\""}}).status, 200);
}

TEST(AnswerFileTest, ARangeOfAnOlderVersionIsAnsweredWhole) {
    EXPECT_EQ(ask({{"Range", "bytes=0-1"}, {"If-Range", "\"v0\""}}).status, 200);
    EXPECT_EQ(ask({{"Range", "bytes=0-1"}, {"If-Range", "\"v1\""}}).status, 206);
}

}  // namespace
}  // namespace syncwatch::http
