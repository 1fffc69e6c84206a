#include "protocol/http/json_body.h"

#include <gtest/gtest.h>

namespace syncwatch::http {
namespace {

boost::json::object object(std::string_view body) {
    auto parsed = parse_json_object(body);
    EXPECT_TRUE(parsed) << body;
    return parsed.value_or(boost::json::object());
}

struct NoObject {
    const char* name;
    std::string body;
};

class NoObjectTest : public testing::TestWithParam<NoObject> {};

TEST_P(NoObjectTest, IsRefusedAsInvalid) {
    const auto parsed = parse_json_object(GetParam().body);
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().code, ErrorCode::InvalidInput);
}

INSTANTIATE_TEST_SUITE_P(Bodies, NoObjectTest,
                         testing::Values(NoObject{"NotJson", "name=x"},
                                         NoObject{"CutOff", R"({"a":)"}, NoObject{"AnArray", "[]"},
                                         NoObject{"ANumber", "1"}, NoObject{"Null", "null"},
                                         NoObject{"TwoObjects", "{}{}"},
                                         NoObject{"NotUtf8", "{\"a\":\"\xff\xfe\"}"},
                                         NoObject{"LoneSurrogate", R"({"a":"\ud800"})"},
                                         NoObject{"Deep", "{\"a\":" + std::string(5000, '[') +
                                                              std::string(5000, ']') + "}"},
                                         NoObject{"RawNul", std::string("{\"a\":\0}", 7)}),
                         [](const auto& row) { return row.param.name; });

TEST(JsonBodyTest, AnEmptyBodyIsAnEmptyObject) {
    EXPECT_TRUE(object("").empty());
}

TEST(FieldReaderTest, GivesWhatIsThere) {
    const auto body = object(R"({"t":"héllo","f":true,"n":50.0,"d":1.5,"extra":[1]})");
    FieldReader read(body);
    EXPECT_EQ(read.text("t", {1, 5}), "héllo") << "limits count characters, not bytes";
    EXPECT_EQ(read.optional_flag("f"), true);
    EXPECT_EQ(read.optional_integer("n", 2, 1000), 50);
    EXPECT_EQ(read.optional_number("d", 0, 2), 1.5);
    EXPECT_EQ(read.optional_text("none", {}), std::nullopt);
    EXPECT_TRUE(read.verdict());
}

TEST(FieldReaderTest, CollectsEveryComplaint) {
    const auto body = object(
        R"({"a":5,"b":"no","c":1001,"d":1.5,"e":"toolong","f":"a\u0000b","g":1e300,"h":{}})");
    FieldReader read(body);
    read.text("a", {});
    read.optional_flag("b");
    read.optional_integer("c", 2, 1000);
    read.optional_integer("d", 2, 1000);
    read.text("e", {1, 3});
    read.text("f", {});
    read.optional_integer("g", 0, 10);
    read.text("missing", {});
    read.optional_choice(
        "h", [](std::string_view) { return std::optional<int>(); }, "this or that");
    const auto verdict = read.verdict();
    ASSERT_FALSE(verdict);
    EXPECT_EQ(verdict.error().code, ErrorCode::InvalidInput);
    std::vector<std::string> fields;
    for (const auto& each : verdict.error().fields) fields.push_back(each.field);
    EXPECT_EQ(fields,
              (std::vector<std::string>{"a", "b", "c", "d", "e", "f", "g", "missing", "h"}));
}

TEST(FieldReaderTest, NullIsAbsentForWhatIsOptionalAndMissingForWhatIsNot) {
    const auto body = object(R"({"a":null})");
    FieldReader read(body);
    EXPECT_EQ(read.optional_text("a", {}), std::nullopt);
    EXPECT_TRUE(read.is_null("a"));
    EXPECT_FALSE(read.is_null("b"));
    EXPECT_TRUE(read.verdict());
    read.text("a", {});
    EXPECT_FALSE(read.verdict());
}

TEST(FieldReaderTest, ADomainRuleThatComplainsIsOneComplaintAmongOthers) {
    const auto body = object("{}");
    FieldReader read(body);
    const Result<int> refused = fail_field("username", "is too short");
    EXPECT_EQ(read.keep(refused), std::nullopt);
    const Result<int> taken = 4;
    EXPECT_EQ(read.keep(taken), 4);
    read.refuse("password", "is too short");
    ASSERT_FALSE(read.verdict());
    EXPECT_EQ(read.verdict().error().fields.size(), 2u);
}

}  // namespace
}  // namespace syncwatch::http
