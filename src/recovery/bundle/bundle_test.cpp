#include "recovery/bundle/bundle.h"

#include <functional>

#include <gtest/gtest.h>

#include "harness/must.h"
#include "recovery/bundle/tar.h"

namespace syncwatch::recovery {
namespace {

Bundle small_bundle() {
    Bundle bundle;
    bundle.about.kind = BundleKind::Secrets;
    bundle.about.made = parse_rfc3339("2026-11-29T16:00:00Z").value();
    bundle.about.node = "n1";
    bundle.about.configuration = "/etc/syncwatch/syncwatch.toml";
    bundle.about.versions = {{"syncwatch", "0.1.0"}};
    add_file(bundle,
             {"/etc/syncwatch/syncwatch.toml", "configuration", "", 0, 0644, "root", "root", true},
             "[server]\n");
    add_file(bundle, {"/etc/syncwatch/key.pem", "tls.key", "", 0, 0640, "root", "syncwatch", false},
             "");
    return bundle;
}

/// The archive of it, its manifest changed.
std::string with_manifest(const std::function<void(std::string&)>& change) {
    auto entries = must(read_tar(must(pack(small_bundle()))));
    change(entries.front().bytes);
    return must(write_tar(entries));
}

void replace(std::string& in, std::string_view what, std::string_view by) {
    const std::size_t at = in.find(what);
    if (at == std::string::npos) throw std::runtime_error("it is not there");
    in.replace(at, what.size(), by);
}

TEST(BundleTest, WhatIsPackedIsUnpacked) {
    const Bundle bundle = small_bundle();
    EXPECT_EQ(must(unpack(must(pack(bundle)))), bundle);
    Bundle empty;
    EXPECT_EQ(must(unpack(must(pack(empty)))), empty);
}

TEST(BundleTest, AManifestIsReadByPeople) {
    const std::string text = write_manifest(small_bundle().about);
    EXPECT_NE(text.find("\n  \"node\": \"n1\",\n"), std::string::npos) << text;
    EXPECT_NE(text.find("\n    {\"path\":\"/etc/syncwatch/key.pem\",\"role\":\"tls.key\""),
              std::string::npos)
        << text;
}

TEST(BundleTest, WhatDoesNotFitItsManifestIsRefused) {
    const std::vector<std::pair<const char*, const char*>> changes{
        {"syncwatch.bundle/1", "syncwatch.bundle/2"},
        {"\"kind\": \"secrets\"", "\"kind\": \"films\""},
        {"2026-11-29T16:00:00", "2026-13-29T16:00:00"},
        {"\"size\":9", "\"size\":8"},
        {"\"size\":9", "\"size\":-1"},
        {"\"mode\":\"0644\"", "\"mode\":\"0999\""},
        {"\"mode\":\"0644\"", "\"mode\":\"644\""},
        {"\"redacted\":true", "\"redacted\":1"},
        {"\"path\":\"/etc/syncwatch/key.pem\"", "\"path\":\"etc/syncwatch/key.pem\""},
        {"\"path\":\"/etc/syncwatch/key.pem\"", "\"path\":\"/etc/../key.pem\""},
        {"\"path\":\"/etc/syncwatch/key.pem\"", "\"path\":\"/etc/other.pem\""},
        {"\"path\":\"/etc/syncwatch/key.pem\"", "\"path\":\"/etc/syncwatch/syncwatch.toml\""},
        {"\"sha256\":\"", "\"sha256\":\"0"},
        {"\"node\": ", "\"n\": "},
        {"\"files\": [", "\"files\": {"},
    };
    for (const auto& [from, to] : changes) {
        // Captured by name: clang 14 takes no structured bindings.
        const auto change = [&from = from, &to = to](std::string& manifest) {
            replace(manifest, from, to);
        };
        const auto read = unpack(with_manifest(change));
        ASSERT_FALSE(read) << from << " -> " << to;
        EXPECT_EQ(read.error().code, ErrorCode::Corrupt);
    }
}

TEST(BundleTest, AFileThatChangedOrIsGoneIsNamed) {
    auto entries = must(read_tar(must(pack(small_bundle()))));
    entries[1].bytes[0] = 'x';
    const auto changed = unpack(must(write_tar(entries)));
    ASSERT_FALSE(changed);
    EXPECT_EQ(changed.error().message, "/etc/syncwatch/syncwatch.toml is not what was put in");
    entries.pop_back();
    EXPECT_EQ(unpack(must(write_tar(entries))).error().code, ErrorCode::Corrupt);
    entries.erase(entries.begin());
    EXPECT_EQ(unpack(must(write_tar(entries))).error().message, "the archive has no manifest");
    EXPECT_EQ(unpack(must(write_tar({}))).error().code, ErrorCode::Corrupt);
}

}  // namespace
}  // namespace syncwatch::recovery
