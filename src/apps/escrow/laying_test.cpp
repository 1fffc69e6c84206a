#include "apps/escrow/laying.h"

#include <fstream>

#include <gtest/gtest.h>

#include "harness/contents_of.h"
#include "harness/must.h"
#include "harness/temp_folder.h"

namespace syncwatch::apps {
namespace {

namespace fs = std::filesystem;
using recovery::Bundle;
using recovery::BundleKind;

Bundle bundle_of(BundleKind kind, const std::string& path, const std::string& bytes,
                 unsigned mode = 0640) {
    Bundle bundle;
    bundle.about.kind = kind;
    recovery::BundledFile file;
    file.path = path;
    file.mode = mode;
    file.owner = file.group = "root";
    recovery::add_file(bundle, file, bytes);
    return bundle;
}

class LayingTest : public testing::Test {
protected:
    Laying plan(const std::vector<Bundle>& bundles) const {
        return must(Laying::plan(bundles, folder_.path()));
    }
    unsigned mode_of(const fs::path& file) const {
        return static_cast<unsigned>(fs::status(file).permissions()) & 0777;
    }

    TempFolder folder_;
    const fs::path file_ = folder_.path() / "etc/sw/a.toml";
    const Bundle open_ = bundle_of(BundleKind::Config, "/etc/sw/a.toml", "in part");
    const Bundle closed_ = bundle_of(BundleKind::Secrets, "/etc/sw/a.toml", "whole", 0666);
};

TEST_F(LayingTest, WhereNothingIsItGoesAndASecretIsForFew) {
    const Laying laying = plan({closed_, open_});
    ASSERT_EQ(laying.steps().size(), 1u) << "one file";
    EXPECT_FALSE(laying.replaces_anything());
    EXPECT_TRUE(must(laying.lay("now")).front().done);
    EXPECT_EQ(contents_of(file_), "whole");
    EXPECT_EQ(mode_of(file_) & 0137, 0u) << "not for others";
    EXPECT_EQ(mode_of(folder_.path() / "etc"), 0700u);
    EXPECT_TRUE(laying.compare());
    const Laying again = plan({open_, closed_});
    EXPECT_EQ(again.steps().front().found, Found::Same);
    EXPECT_FALSE(must(again.lay("now")).front().done);
}

TEST_F(LayingTest, WhatIsThereIsMovedAsideAndTheTokenKnowsIt) {
    const std::string fresh = plan({open_}).token();
    fs::create_directories(file_.parent_path());
    std::ofstream(file_) << "somebody's";
    const Laying laying = plan({open_});
    EXPECT_TRUE(laying.replaces_anything());
    EXPECT_NE(laying.token(), fresh);
    std::ofstream(file_) << "somebody else's";
    EXPECT_NE(plan({open_}).token(), laying.token());
    const auto laid = must(laying.lay("now"));
    EXPECT_EQ(contents_of(file_), "in part");
    EXPECT_EQ(contents_of(laid.front().aside), "somebody else's");
    EXPECT_EQ(laid.front().aside, file_.string() + ".before-now");
    std::ofstream(file_) << "a third one's";
    EXPECT_EQ(must(plan({open_}).lay("now")).front().aside, file_.string() + ".before-now-2");
    EXPECT_EQ(contents_of(laid.front().aside), "somebody else's");
}

TEST_F(LayingTest, WhatCameAfterItWasPlannedIsNotWrittenOver) {
    const Laying laying = plan({open_});
    fs::create_directories(file_.parent_path());
    std::ofstream(file_) << "late";
    EXPECT_EQ(contents_of(must(laying.lay("now")).front().aside), "late");
}

TEST_F(LayingTest, OneThatWasKilledIsFinished) {
    fs::create_directories(file_.parent_path());
    std::ofstream(file_.parent_path() / ".a.toml.restoring") << "half of";
    must(plan({open_}).lay("now"));
    EXPECT_EQ(contents_of(file_), "in part");
    EXPECT_FALSE(fs::exists(file_.parent_path() / ".a.toml.restoring"));
}

TEST_F(LayingTest, ALinkLeadsNowhere) {
    TempFolder elsewhere;
    fs::create_directory_symlink(elsewhere.path(), folder_.path() / "etc");
    const auto planned = Laying::plan({open_}, folder_.path());
    ASSERT_FALSE(planned);
    EXPECT_EQ(planned.error().code, ErrorCode::Conflict);
    EXPECT_TRUE(fs::is_empty(elsewhere.path()));
}

TEST_F(LayingTest, WhatChangedAfterwardsIsNoticed) {
    const Laying laying = plan({open_});
    must(laying.lay("now"));
    std::ofstream(file_) << "x";
    EXPECT_EQ(laying.compare().error().code, ErrorCode::Corrupt);
}

TEST_F(LayingTest, TwoOfOneKindAreRefused) {
    EXPECT_EQ(Laying::plan({open_, open_}, folder_.path()).error().code, ErrorCode::InvalidInput);
}

}  // namespace
}  // namespace syncwatch::apps
