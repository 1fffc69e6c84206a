#include "base/json_text.h"

#include <cmath>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <gtest/gtest.h>

namespace syncwatch {
namespace {

std::string written(double number) {
    JsonText text(16);
    text.value(number);
    return text.take();
}

TEST(JsonTextTest, CommasStandBetweenValuesAndNowhereElse) {
    JsonText text(16);
    text.open_object();
    text.set("a", 1);
    text.name("b");
    text.open_array();
    text.open_object();
    text.close_object();
    text.value(true);
    text.value("x");
    text.close_array();
    text.set("c", std::optional<double>());
    text.close_object();
    EXPECT_EQ(text.take(), R"({"a":1,"b":[{},true,"x"],"c":null})");
}

TEST(JsonTextTest, EveryCharacterComesBackAsItWas) {
    std::string all;
    for (int c = 0; c < 0x80; ++c) all += static_cast<char>(c);
    all += "ü €\xe2\x80\xa8🔥";
    JsonText text(16);
    text.value(all);
    EXPECT_EQ(boost::json::parse(text.take()).as_string(), all);
}

TEST(JsonTextTest, NumbersAreWrittenAsPeopleWriteThem) {
    EXPECT_EQ(written(12), "12");
    EXPECT_EQ(written(-3.1), "-3.1");
    EXPECT_EQ(written(1234.5), "1234.5");
    EXPECT_EQ(written(-0.0), "0");
    EXPECT_EQ(written(9007199254740991), "9007199254740991");
    EXPECT_EQ(written(std::nan("")), "null");
    EXPECT_EQ(written(INFINITY), "null");
    for (const double each : {1e300, 1e-300, 0.1 + 0.2, 9007199254740993.0, 123456789.125}) {
        EXPECT_EQ(boost::json::parse(written(each)).to_number<double>(), each);
    }
}

}  // namespace
}  // namespace syncwatch
