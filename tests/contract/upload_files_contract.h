#pragma once
#include <string>

#include <gtest/gtest.h>

#include "base/async/run_to_end.h"
#include "base/encoding.h"
#include "harness/contents_of.h"
#include "harness/seeded_random.h"
#include "ports/upload_files.h"

namespace syncwatch {

/// What every UploadFiles keeps. `Made` is default-constructible, empty at first, and has
/// `UploadFiles& files()` and `restart()`: a new process finds what the old one left.
template <class Made>
class UploadFilesContract : public testing::Test {
protected:
    using Kind = UploadFiles::Kind;

    UploadId created() {
        const auto id = random_.template make_id<UploadId>(from_micros(1));
        EXPECT_TRUE(run_to_end(files().create(id)));
        return id;
    }
    Result<UploadWriter> begin(UploadId id, std::uint64_t offset, Kind kind = Kind::Final) {
        return run_to_end(files().begin(id, offset, kind));
    }
    Result<> append(UploadWriter writer, std::string bytes) {
        const std::size_t count = bytes.size();
        bytes.resize(count + 7, '?');  // the buffer may be larger than what is in it
        return run_to_end(files().append(writer, std::move(bytes), count)).map([](auto) {});
    }
    /// Everything at once, from the file's end.
    void write(UploadId id, const std::string& bytes) {
        ASSERT_TRUE(append(begin(id, size(id)).value(), bytes));
    }
    std::uint64_t size(UploadId id) { return run_to_end(files().size(id)).value(); }
    std::string content(UploadId id) {
        const auto finished = run_to_end(files().finish(id)).value();
        std::string bytes = contents_of(finished.file);
        EXPECT_EQ(bytes.size(), finished.size);
        if (finished.sha256) {
            EXPECT_EQ(*finished.sha256, sha256(as_bytes(bytes)));
        }
        return bytes;
    }
    UploadFiles& files() { return made_.files(); }

    Made made_;
    SeededRandom random_;
};

TYPED_TEST_SUITE_P(UploadFilesContract);

TYPED_TEST_P(UploadFilesContract, AFileGrowsPieceByPiece) {
    const UploadId id = this->created();
    EXPECT_EQ(this->size(id), 0u);
    const auto writer = this->begin(id, 0).value();
    ASSERT_TRUE(this->append(writer, "one "));
    EXPECT_EQ(this->size(id), 4u);
    ASSERT_TRUE(this->append(writer, "two"));
    this->write(id, "!");
    const auto finished = run_to_end(this->files().finish(id)).value();
    EXPECT_EQ(finished.sha256, sha256(as_bytes("one two!")));
    EXPECT_EQ(this->content(id), "one two!") << "finishing may be repeated";
}

TYPED_TEST_P(UploadFilesContract, ItBeginsWhereTheFileEndsAndNowhereElse) {
    const UploadId id = this->created();
    this->write(id, "abc");
    for (const std::uint64_t wrong : {0u, 2u, 4u}) {
        const auto refused = this->begin(id, wrong);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().reason, "wrong_offset");
    }
    EXPECT_TRUE(this->begin(id, 3));
}

TYPED_TEST_P(UploadFilesContract, TheNewestWriterWinsAndAWrongOffsetDisturbsNobody) {
    const UploadId id = this->created();
    const auto first = this->begin(id, 0).value();
    ASSERT_TRUE(this->append(first, "aaa"));
    ASSERT_FALSE(this->begin(id, 1));
    ASSERT_TRUE(this->append(first, "bbb"));
    const auto second = this->begin(id, 6).value();
    EXPECT_EQ(this->append(first, "xxx").error().reason, "taken_over");
    ASSERT_TRUE(this->append(second, "ccc"));
    EXPECT_EQ(this->content(id), "aaabbbccc");
}

TYPED_TEST_P(UploadFilesContract, ProvisionalBytesCountOnlyWhenAccepted) {
    const UploadId id = this->created();
    this->write(id, "abc");
    auto writer = this->begin(id, 3, UploadFiles::Kind::Provisional).value();
    ASSERT_TRUE(this->append(writer, "XX"));
    EXPECT_EQ(this->size(id), 3u);
    ASSERT_TRUE(run_to_end(this->files().discard(writer)));
    EXPECT_EQ(this->size(id), 3u);
    writer = this->begin(id, 3, UploadFiles::Kind::Provisional).value();
    ASSERT_TRUE(this->append(writer, "de"));
    ASSERT_TRUE(run_to_end(this->files().accept(writer)));
    EXPECT_EQ(this->size(id), 5u);
    this->write(id, "f");
    EXPECT_EQ(this->content(id), "abcdef");
}

TYPED_TEST_P(UploadFilesContract, ANewWriterDoesNotInheritProvisionalBytes) {
    const UploadId id = this->created();
    const auto first = this->begin(id, 0, UploadFiles::Kind::Provisional).value();
    ASSERT_TRUE(this->append(first, "XXXX"));
    const auto second = this->begin(id, 0).value();
    EXPECT_EQ(run_to_end(this->files().accept(first)).error().reason, "taken_over");
    ASSERT_TRUE(this->append(second, "ab"));
    EXPECT_EQ(this->content(id), "ab");
}

TYPED_TEST_P(UploadFilesContract, AnotherProcessGoesOnWhereTheFirstStopped) {
    const UploadId id = this->created();
    this->write(id, "abc");
    this->made_.restart();
    EXPECT_EQ(this->size(id), 3u);
    this->write(id, "def");
    this->made_.restart();
    EXPECT_EQ(run_to_end(this->files().list()).value(), std::vector{id});
    EXPECT_EQ(this->content(id), "abcdef");
    EXPECT_EQ(run_to_end(this->files().finish(id))->sha256, sha256(as_bytes("abcdef")));
}

TYPED_TEST_P(UploadFilesContract, WhatWasProvisionalWhenTheProcessDiedIsGone) {
    const UploadId id = this->created();
    this->write(id, "abc");
    const auto writer = this->begin(id, 3, UploadFiles::Kind::Provisional).value();
    ASSERT_TRUE(this->append(writer, "XXXXXX"));
    this->made_.restart();
    EXPECT_EQ(this->size(id), 3u);
    this->write(id, "de");
    EXPECT_EQ(this->content(id), "abcde");
}

TYPED_TEST_P(UploadFilesContract, ARemovedFileIsNotFound) {
    const UploadId id = this->created();
    const auto writer = this->begin(id, 0).value();
    ASSERT_TRUE(run_to_end(this->files().remove(id)));
    EXPECT_EQ(this->append(writer, "late").error().code, ErrorCode::NotFound);
    EXPECT_EQ(run_to_end(this->files().size(id)).error().reason, "no_such_upload");
    EXPECT_EQ(this->begin(id, 0).error().code, ErrorCode::NotFound);
    EXPECT_EQ(run_to_end(this->files().finish(id)).error().code, ErrorCode::NotFound);
    EXPECT_TRUE(run_to_end(this->files().remove(id))) << "absent is success";
    EXPECT_TRUE(run_to_end(this->files().list()).value().empty());
}

REGISTER_TYPED_TEST_SUITE_P(UploadFilesContract, AFileGrowsPieceByPiece,
                            ItBeginsWhereTheFileEndsAndNowhereElse,
                            TheNewestWriterWinsAndAWrongOffsetDisturbsNobody,
                            ProvisionalBytesCountOnlyWhenAccepted,
                            ANewWriterDoesNotInheritProvisionalBytes,
                            AnotherProcessGoesOnWhereTheFirstStopped,
                            WhatWasProvisionalWhenTheProcessDiedIsGone, ARemovedFileIsNotFound);

}  // namespace syncwatch
