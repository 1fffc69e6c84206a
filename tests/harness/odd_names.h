#pragma once
#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "harness/object_store.h"

namespace syncwatch {

/// Writes, reads, lists and removes objects whose names try every rule of how S3 signs.
inline void expect_odd_names_work(TestS3Client& store) {
    std::vector<std::string> names{
        "o/plain",    "o/a b",        "o/a+b",    "o/100%", "o/%20",  "o/\xc3\xa4\xe2\x82\xac",
        "o/a=b&c;d",  "o/what?#x",    "o/(a)!*'", "o/-._~", "o/a//b", "o/a@b:c,d$e",
        "o/\"q\"<x>", "o/[b]{c}|^`\\"};
    for (const std::string& name : names) {
        const auto put = store.put(name, "<" + name + ">");
        ASSERT_TRUE(put) << name << ": " << put.error().message;
        EXPECT_EQ(store.get(name).value(), "<" + name + ">");
        EXPECT_EQ(store.get(name, 1).value(), name + ">");
        EXPECT_TRUE(run_to_end(store.client.head(name))) << name;
    }
    std::ranges::sort(names);
    const auto listed = run_to_end(store.client.list("o/"));
    ASSERT_TRUE(listed) << listed.error().message;
    EXPECT_EQ(*listed, names);
    EXPECT_EQ(run_to_end(store.client.list("o/a b")).value().size(), 1u);
    ASSERT_TRUE(run_to_end(store.client.remove(names.back())));
    const auto removed = run_to_end(store.client.remove_many(names));
    ASSERT_TRUE(removed) << removed.error().message;
    EXPECT_TRUE(run_to_end(store.client.list("o/")).value().empty());
    EXPECT_EQ(store.get(names.front()).error().code, ErrorCode::NotFound);
}

}  // namespace syncwatch
