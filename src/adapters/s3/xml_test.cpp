#include "adapters/s3/xml.h"

#include <gtest/gtest.h>

namespace syncwatch::s3 {
namespace {

TEST(XmlTest, ReadsAnAnswer) {
    const auto answer = parse_xml(
        "  \n<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
        "<IsTruncated>true</IsTruncated>"
        "<Contents><Key>a&amp;b&#47;c</Key><Size>3</Size></Contents>"
        "<Contents><Key><![CDATA[<d>]]></Key></Contents><x:Odd xmlns:x=\"y\">z</x:Odd>"
        "</ListBucketResult>");
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->name, "ListBucketResult");
    EXPECT_EQ(answer->text_of("IsTruncated"), "true");
    EXPECT_EQ(answer->text_of("Absent"), "");
    ASSERT_EQ(answer->children.size(), 4u);
    EXPECT_EQ(answer->children[1].text_of("Key"), "a&b/c");
    EXPECT_EQ(answer->children[2].text_of("Key"), "<d>");
    EXPECT_EQ(answer->text_of("Odd"), "z");
}

TEST(XmlTest, RefusesWhatIsNoneOrMeansHarm) {
    std::string deep;
    for (int i = 0; i < 100; ++i) deep += "<a>";
    for (int i = 0; i < 100; ++i) deep += "</a>";
    std::string long_one = "<a>";
    for (int i = 0; i < 200'000; ++i) long_one += "<b/>";
    long_one += "</a>";
    for (const std::string& text :
         {std::string(), std::string("   "), std::string("no"), std::string("<a>"),
          std::string("<a></b>"), std::string("<a/><b/>"), std::string("<a>&unknown;</a>"),
          std::string("<a>\0</a>", 8), std::string("<a>\xff</a>"),
          std::string("<!DOCTYPE a [<!ENTITY b \"cc\">]><a>&b;</a>"),
          std::string("<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>"), deep, long_one}) {
        const auto refused = parse_xml(text);
        ASSERT_FALSE(refused) << text.substr(0, 40);
        EXPECT_EQ(refused.error().code, ErrorCode::Corrupt);
    }
}

TEST(XmlTest, WhatWeWriteReadsBack) {
    const std::string hostile = "a<b>&\"'c\r\n";
    EXPECT_EQ(parse_xml("<k>" + xml_escaped(hostile) + "</k>").value().text, hostile);
}

}  // namespace
}  // namespace syncwatch::s3
