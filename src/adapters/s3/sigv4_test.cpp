#include "adapters/s3/sigv4.h"

#include <gtest/gtest.h>

namespace syncwatch::s3 {
namespace {

using namespace std::chrono_literals;

const std::string kEmptyBody = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const Credentials kExample{"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"};
const SigningScope kScope{"us-east-1", parse_rfc3339("2013-05-24T00:00:00Z").value()};

/// A request of the reference's examples, with the headers that all of them have.
SignedRequest example(std::string_view method, std::string_view path, Pairs query,
                      const std::string& payload) {
    SignedRequest request{method, path, std::move(query), {}, payload};
    request.headers = {{"host", "examplebucket.s3.amazonaws.com"},
                       {"x-amz-content-sha256", payload},
                       {"x-amz-date", "20130524T000000Z"}};
    return request;
}

std::string signature_of(const SignedRequest& request) {
    const std::string header = authorization(request, kExample, kScope);
    return header.substr(header.rfind('=') + 1);
}

// The four examples of "Signature Calculations for the Authorization Header: Transferring Payload
// in a Single Chunk" in the Amazon S3 API Reference.
TEST(SigV4Test, SignsAsTheReferencesExamplesDo) {
    SignedRequest get = example("GET", "/test.txt", {}, kEmptyBody);
    get.headers.emplace_back("range", "bytes=0-9");
    EXPECT_EQ(authorization(get, kExample, kScope),
              "AWS4-HMAC-SHA256 "
              "Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
              "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,"
              "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");

    const std::string welcome = "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072";
    SignedRequest put = example("PUT", "/test$file.text", {}, welcome);
    put.headers.emplace_back("date", "Fri, 24 May 2013 00:00:00 GMT");
    put.headers.emplace_back("x-amz-storage-class", "REDUCED_REDUNDANCY");
    EXPECT_EQ(signature_of(put),
              "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");

    EXPECT_EQ(signature_of(example("GET", "/", {{"lifecycle", ""}}, kEmptyBody)),
              "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
    EXPECT_EQ(signature_of(example("GET", "/", {{"prefix", "J"}, {"max-keys", "2"}}, kEmptyBody)),
              "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
}

TEST(SigV4Test, PresignsAsTheReferencesExampleDoes) {
    EXPECT_EQ(presigned_query("GET", "examplebucket.s3.amazonaws.com", "/test.txt", 86400s,
                              kExample, kScope),
              "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524"
              "%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400"
              "&X-Amz-SignedHeaders=host&X-Amz-Signature="
              "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
}

TEST(SigV4Test, PathsKeepTheirSlashesAndEncodeTheRest) {
    struct Case {
        const char* raw;
        const char* encoded;
    };
    for (const Case& each : {Case{"/a b", "/a%20b"}, Case{"/a+b", "/a%2Bb"},
                             Case{"/100%", "/100%25"}, Case{"/a//b", "/a//b"},
                             Case{"/\xc3\xa4", "/%C3%A4"}, Case{"/a=&;#?", "/a%3D%26%3B%23%3F"},
                             Case{"/(a)!*'", "/%28a%29%21%2A%27"}, Case{"/-._~", "/-._~"}}) {
        EXPECT_EQ(percent_encode(each.raw, Slashes::Keep), each.encoded);
    }
    EXPECT_EQ(percent_encode("a/b", Slashes::Encode), "a%2Fb");
}

TEST(SigV4Test, QueriesAreSortedByTheirEncodedNamesAndKeepTheEqualsSign) {
    EXPECT_EQ(canonical_query({{"uploads", ""}}), "uploads=");
    EXPECT_EQ(canonical_query({{"prefix", "a/b"}, {"list-type", "2"}, {"delimiter", "/"}}),
              "delimiter=%2F&list-type=2&prefix=a%2Fb");
    EXPECT_EQ(canonical_query({}), "");
}

TEST(SigV4Test, SpacesInHeadersDoNotCount) {
    SignedRequest request{"GET", "/", {}, {{"x-amz-meta-a", "  one   two "}}, "UNSIGNED-PAYLOAD"};
    EXPECT_EQ(canonical_request(request),
              "GET\n/\n\nx-amz-meta-a:one two\n\nx-amz-meta-a\nUNSIGNED-PAYLOAD");
}

TEST(SigV4Test, ASessionsTokenIsPartOfAnAddress) {
    Credentials who = kExample;
    who.session_token = "a/b=";
    const std::string query = presigned_query("GET", "h", "/k", 60s, who, kScope);
    EXPECT_NE(query.find("&X-Amz-Security-Token=a%2Fb%3D&"), std::string::npos);
}

}  // namespace
}  // namespace syncwatch::s3
