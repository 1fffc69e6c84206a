#include "adapters/pgbackrest/verify_report.h"

#include <gtest/gtest.h>

namespace syncwatch::pgbackrest {
namespace {

constexpr const char* kGood = R"(stanza: sw
status: ok
  archiveId: 15-1, total WAL checked: 5, total valid WAL: 5
    missing: 0, checksum invalid: 0, size invalid: 0, other: 0
  backup: 20261129-225616F, status: valid, total files checked: 967, total valid files: 967
    missing: 0, checksum invalid: 0, size invalid: 0, other: 0
)";

std::string with(std::string_view what, std::string_view instead) {
    std::string text = kGood;
    const std::size_t at = text.find(what);
    EXPECT_NE(at, std::string::npos) << what;
    return text.replace(at, what.size(), instead);
}
std::string faults(const std::string& text) {
    std::string words;
    for (const auto& each : read_verify_report(text, "sw").faults) {
        words += (words.empty() ? "" : "; ") + each.words;
    }
    return words;
}

TEST(VerifyReportTest, WhatIsSoundIsNamed) {
    const auto audit = read_verify_report(kGood, "sw");
    EXPECT_EQ(audit.sound, std::vector<std::string>{"20261129-225616F"});
    EXPECT_TRUE(audit.faults.empty());
    EXPECT_EQ(audit.files, 967u);
    EXPECT_EQ(audit.segments, 5u);
}

TEST(VerifyReportTest, AManifestThatIsMissingIsAFaultAlthoughTheStatusIsOk) {
    const std::string text =
        "stanza: sw\nstatus: ok\n  archiveId: 15-1, total WAL checked: 7, total valid WAL: 7\n"
        "    missing: 0, checksum invalid: 0, size invalid: 0, other: 0\n"
        "  backup: 20261129-225616F, status: manifest missing, total files checked: 0, total valid "
        "files: 0\n";
    const auto audit = read_verify_report(text, "sw");
    EXPECT_TRUE(audit.sound.empty());
    ASSERT_EQ(audit.faults.size(), 1u);
    EXPECT_EQ(audit.faults[0].label, "20261129-225616F");
    EXPECT_EQ(audit.faults[0].words, "backup 20261129-225616F: manifest missing");
}

TEST(VerifyReportTest, EveryLossIsAFaultWhateverTheOtherLinesSay) {
    EXPECT_EQ(faults(with("valid files: 967\n    missing: 0", "valid files: 967\n    missing: 3")),
              "backup 20261129-225616F: valid, missing: 3");
    EXPECT_EQ(faults(with("total valid WAL: 5\n    missing: 0, checksum invalid: 0",
                          "total valid WAL: 4\n    missing: 0, checksum invalid: 1")),
              "the log 15-1: 1 of 5 segments, checksum invalid: 1");
    EXPECT_NE(faults(with("status: valid", "status: invalid")), "");
    EXPECT_NE(faults(with("status: valid", "status: splendid")), "");
    EXPECT_NE(faults(with("valid files: 967\n", "valid files: 966\n")), "");
    EXPECT_NE(faults(with("checked: 967", "checked: many")), "");
    EXPECT_EQ(faults(with("status: ok", "status: error")), "pgBackRest found an error");
}

TEST(VerifyReportTest, WhatIsNotUnderstoodIsNotSound) {
    EXPECT_NE(faults(""), "");
    EXPECT_NE(faults("stanza: sw\nstatus: error\n  No usable backup.info file\n"), "");
    EXPECT_NE(faults(std::string(kGood) + "  something new: 1\n"), "");
    EXPECT_NE(faults(with("stanza: sw", "stanza: other")), "");
    EXPECT_NE(faults(with("status: ok\n", "")), "");
    const std::string whole = kGood;
    for (std::size_t end = 0; end + 1 < whole.size(); ++end) {
        const auto audit = read_verify_report(whole.substr(0, end), "sw");
        EXPECT_FALSE(audit.faults.empty() && !audit.sound.empty() && end + 2 < whole.size())
            << whole.substr(0, end);
    }
}

}  // namespace
}  // namespace syncwatch::pgbackrest
