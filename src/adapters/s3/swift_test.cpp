#include <gtest/gtest.h>

#include "apps/lab/swift_server.h"
#include "harness/object_store.h"
#include "harness/odd_names.h"

namespace syncwatch::s3 {
namespace {

/// A second reading of the rules than radosgw's, by people who did not write that one.
TEST(SwiftTest, UnderstandsOurSignaturesToo) {
    const TempFolder folder;
    const auto server = lab::SwiftServer::make(folder.path());
    ASSERT_TRUE(server) << server.error().message;
    auto options = TestObjectStore::options(
        fmt::format("s3:http://127.0.0.1:{}/films/party", (*server)->port()));
    std::string secret = lab::SwiftServer::kSecretKey;
    options.credentials = [&secret]() -> Result<Credentials> {
        return Credentials{lab::SwiftServer::kAccessKey, secret};
    };
    TestS3Client store(std::move(options));
    const auto made = run_to_end(store.client.create_bucket());
    ASSERT_TRUE(made) << made.error().message;
    expect_odd_names_work(store);

    secret = "wrong";
    const auto refused = store.put("a", "film");
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("secret key"), std::string::npos)
        << refused.error().message;
}

}  // namespace
}  // namespace syncwatch::s3
