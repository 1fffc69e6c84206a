#include "apps/config/reference.h"

#include <cstdlib>
#include <fstream>

#include <gtest/gtest.h>

#include "harness/contents_of.h"

namespace syncwatch::config {
namespace {

const std::string kFile = std::string(SW_FIXTURES) + "/../../docs/configuration.md";

TEST(ReferenceTest, TheDocumentSaysWhatTheProgramReads) {
    const std::string document = contents_of(kFile);
    const std::string mark = "apps.config.test -->\n";
    const std::size_t begin = document.find(mark);
    ASSERT_NE(begin, std::string::npos);
    const std::string wanted = document.substr(0, begin + mark.size()) + reference();
    if (std::getenv("SYNCWATCH_WRITE_DOCS") != nullptr) {
        std::ofstream(kFile) << wanted;
        return;
    }
    EXPECT_TRUE(document == wanted)
        << "run this test with SYNCWATCH_WRITE_DOCS=1 to write docs/configuration.md anew";
}

}  // namespace
}  // namespace syncwatch::config
