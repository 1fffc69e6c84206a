#include "recovery/catalogue/record_text.h"

#include <gtest/gtest.h>

#include "base/digest.h"
#include "recovery/catalogue/names.h"
#include "recovery/catalogue/sealed_text.h"

namespace syncwatch::recovery {
namespace {

BackupId id(int number) {
    BackupId made;
    made.uuid.bytes[15] = static_cast<std::uint8_t>(number);
    return made;
}

BackupRecord whole_record() {
    BackupRecord record;
    record.id = BackupId::parse("0192f0c1-2345-7abc-8def-0123456789ab").value();
    record.component = "pg";
    record.kind = BackupKind::Differential;
    record.parents = {id(1), id(2)};
    record.started = parse_rfc3339("2026-11-29T02:00:00.120Z").value();
    record.finished = parse_rfc3339("2026-11-29T02:10:00.999Z").value();
    record.node = "db1";
    record.system_id = "7312345678901234567";
    record.engine = "pgbackrest";
    record.engine_version = "2.45";
    record.position = "2/0/5000128";
    record.raw_bytes = 18'000'000'000'000'000'000u;
    record.stored_bytes = 1;
    record.root = std::string(64, 'a');
    record.schema_version = "17";
    record.app_version = "1.4.0";
    record.counts = {{"users", 12}, {"films \"x\"", 0}};
    record.window = {record.finished, record.finished};
    record.annotations = {{"why", "before the move: \xc3\xbc\n\\"}};
    record.previous = ChainLink{id(2), std::string(64, 'b')};
    return record;
}

TEST(RecordTextTest, WhatIsWrittenIsRead) {
    const BackupRecord record = whole_record();
    EXPECT_EQ(read_record(write_record(record)).value().record, record);
    BackupRecord first = record;
    first.previous.reset();
    first.parents.clear();
    first.counts.clear();
    EXPECT_EQ(read_record(write_record(first)).value().record, first);

    const Verification look{id(1), record.started, VerifyLevel::Restore,
                            false, "2 rows less",  std::chrono::milliseconds(1500),
                            12,    {{"users", 10}}};
    EXPECT_EQ(read_verification(write_verification(look)).value(), look);
    const Pin pin{id(1), record.started, false, "the audit"};
    EXPECT_EQ(read_pin(write_pin(pin)).value(), pin);
    const CarriedOut done{"database-lost", record.started, std::chrono::milliseconds(5012), "db1",
                          "a drill"};
    EXPECT_EQ(read_carried_out(write_carried_out(done)).value(), done);
    const ExpiryNote note{record.started, "pg", {{id(1), "x"}, {id(2), "y"}}};
    EXPECT_EQ(read_expiry(write_expiry(note)).value(), note);
}

TEST(RecordTextTest, TheHashIsOfWhatTheRecordSays) {
    BackupRecord record = whole_record();
    const auto once = read_record(write_record(record)).value();
    EXPECT_EQ(read_record(write_record(record)).value().hash, once.hash);
    record.stored_bytes = 2;
    EXPECT_NE(read_record(write_record(record)).value().hash, once.hash);
}

TEST(RecordTextTest, FieldsOfANewerVersionAreNoDamage) {
    const BackupRecord record = whole_record();
    const std::string text = write_record(record);
    std::string content(unseal("syncwatch.backup/1", text).value().content);
    content.insert(1, R"("shard":{"of":3},)");
    const auto read = read_record(seal("syncwatch.backup/1", content));
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->record, record);
    EXPECT_EQ(read->hash, encode_hex(sha256(as_bytes(content)))) << "they count";
}

TEST(RecordTextTest, AnythingThatHappensToARecordIsSeen) {
    const std::string text = write_record(whole_record());
    for (std::size_t size = 0; size < text.size(); ++size) {
        const auto cut = read_record(std::string_view(text).substr(0, size));
        ASSERT_FALSE(cut) << size;
        EXPECT_EQ(cut.error().code, ErrorCode::Corrupt);
    }
    for (std::size_t at = 0; at < text.size(); ++at) {
        for (const int bit : {0, 5}) {
            std::string flipped = text;
            flipped[at] = static_cast<char>(flipped[at] ^ (1 << bit));
            ASSERT_FALSE(read_record(flipped)) << at << " " << flipped;
        }
    }
    EXPECT_FALSE(read_record(text + text));
    EXPECT_FALSE(read_record(text + "\n"));
}

TEST(RecordTextTest, WhatIsWrongIsSaidInWords) {
    const std::string text = write_record(whole_record());
    std::string edited = text;
    edited.replace(edited.find("db1"), 3, "db2");
    struct Case {
        std::string text;
        std::string words;
    };
    for (const Case& each : {
             Case{"", "it is empty"},
             Case{"PK\x03\x04", "it is none of ours"},
             Case{text.substr(0, 200), "it is cut off"},
             Case{edited, "its bytes are not those that were written"},
             Case{seal("syncwatch.backup/2", "{}"),
                  "it says that it is syncwatch.backup/2, not syncwatch.backup/1"},
         }) {
        EXPECT_EQ(read_record(each.text).error().message, each.words);
    }
    for (const char* content : {"{}", "[]", "nonsense", R"({"id":7})"}) {
        EXPECT_NE(read_record(seal("syncwatch.backup/1", content))
                      .error()
                      .message.find("this version does not understand it"),
                  std::string::npos);
    }
}

TEST(RepositoryNamesTest, EachThingHasItsPlace) {
    const auto names = RepositoryNames::of("main").value();
    const BackupRecord record = whole_record();
    EXPECT_EQ(names.record(record),
              "v1/cluster/main/catalog/pg/0192f0c1-2345-7abc-8def-0123456789ab.json");
    EXPECT_EQ(names.data(record, "base.tar"),
              "v1/cluster/main/data/pg/0192f0c1-2345-7abc-8def-0123456789ab/base.tar");
    EXPECT_EQ(names.verification(record.id, record.started),
              "v1/cluster/main/verify/0192f0c1-2345-7abc-8def-0123456789ab/"
              "20261129T020000.120Z.json");
    EXPECT_EQ(names.pin(record.id, record.started),
              "v1/cluster/main/pin/0192f0c1-2345-7abc-8def-0123456789ab/"
              "20261129T020000.120Z.json");
    for (const char* bad : {"", "Main", "a/b", "..", "a b"}) {
        EXPECT_FALSE(RepositoryNames::of(bad)) << bad;
    }
}

}  // namespace
}  // namespace syncwatch::recovery
