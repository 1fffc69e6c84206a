// Holds docs/room-protocol.md to the program: what the codec knows is described, and nothing else.
#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include "harness/contents_of.h"
#include "harness/golden_frames.h"
#include "protocol/room/codes.h"
#include "protocol/room/decode.h"

namespace syncwatch::room_protocol {
namespace {

class ReferenceTest : public testing::Test {
protected:
    ReferenceTest() {
        text_ = contents_of(std::filesystem::path(SW_FIXTURES) / "../../docs/room-protocol.md");
    }

    /// The first cells of the tables under a heading, without their backticks.
    std::set<std::string> named_under(const std::string& heading) const {
        const std::size_t begin = text_.find(heading + "\n");
        EXPECT_NE(begin, std::string::npos) << heading;
        if (begin == std::string::npos) return {};
        const std::size_t end = text_.find("\n#", begin + 1);
        std::istringstream lines(text_.substr(begin, end - begin));
        std::set<std::string> cells;
        for (std::string line; std::getline(lines, line);) {
            if (!line.starts_with("| ")) continue;
            std::string cell = line.substr(2, line.find(" |", 2) - 2);
            std::erase(cell, '`');
            const bool is_head = cell == "type" || cell == "code" || cell == "op" || cell == "what";
            if (!is_head) cells.insert(cell);
        }
        return cells;
    }
    static std::set<std::string> types_of(const std::string& direction) {
        std::set<std::string> types;
        for (const Golden& each : goldens(direction)) {
            if (each.valid) types.insert(std::string(each.frame.at("type").as_string()));
        }
        return types;
    }

    std::string text_;
};

TEST_F(ReferenceTest, EveryFrameIsDescribedAndNoOther) {
    EXPECT_EQ(named_under("### Client to server"), types_of("client"));
    EXPECT_EQ(types_of("client").size(), std::variant_size_v<ClientFrame>);
    EXPECT_EQ(named_under("### Server to client"), types_of("server"));
}

TEST_F(ReferenceTest, EveryFieldOfAGoldenMessageIsNamed) {
    for (const std::string direction : {"client", "server"}) {
        for (const Golden& each : goldens(direction)) {
            if (!each.valid) continue;
            for (const auto& [name, value] : each.frame.as_object()) {
                EXPECT_NE(text_.find("`" + std::string(name)), std::string::npos)
                    << each.name << "." << name;
            }
        }
    }
}

TEST_F(ReferenceTest, EveryCloseCodeIsDescribedAndNoOther) {
    std::set<std::string> codes;
    for (const CloseEntry& each : close_codes()) {
        codes.insert(std::to_string(static_cast<int>(each.code)));
    }
    EXPECT_EQ(named_under("## Close codes"), codes);
}

TEST_F(ReferenceTest, EveryErrorAndEveryNoticeIsDescribedAndNoOther) {
    std::set<std::string> errors;
    for (const ErrorEntry& each : error_codes()) errors.insert(std::string(each.code));
    EXPECT_EQ(named_under("## Error codes"), errors);
    std::set<std::string> found;
    for (const NoticeEntry& each : notices()) found.insert(std::string(each.code));
    EXPECT_EQ(named_under("## Notices"), found);
}

}  // namespace
}  // namespace syncwatch::room_protocol
