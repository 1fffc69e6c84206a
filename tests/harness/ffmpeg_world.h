#pragma once
#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

#include "adapters/ffmpeg/ffmpeg_transcoder.h"
#include "adapters/ffmpeg/fragment_reader.h"
#include "base/async/run_to_end.h"
#include "domain/transcode/judge.h"
#include "harness/clips.h"
#include "harness/made_film.h"
#include "harness/temp_folder.h"

namespace syncwatch::ffmpeg {

/// A transcoder with the real ffmpeg, for tests.
class FfmpegWorld : public testing::Test {
protected:
    /// Looking at what the programs can do takes a moment: once is enough.
    static FfmpegTranscoder& shared() {
        static const TempFolder folder;
        static FfmpegTranscoder transcoder = [] {
            FfmpegTranscoder::Options made;
            made.scratch = folder.path();
            return FfmpegTranscoder(made);
        }();
        return transcoder;
    }
    /// The reason that a file is refused for; empty: it is taken.
    std::string refusal(const std::filesystem::path& file) {
        const auto report = run_to_end(transcoder_.probe(file));
        if (!report) return std::string(report.error().reason);
        const auto verdict = judge(*report, {});
        return verdict ? "" : std::string(verdict.error().reason);
    }
    SourceReport probed(const std::string& name) {
        auto report = run_to_end(transcoder_.probe(clip(name)));
        EXPECT_TRUE(report) << name << ": " << report.error().message;
        return report.value_or(SourceReport());
    }
    TranscodePlan plan_of(const std::string& name) {
        const SourceReport report = probed(name);
        EXPECT_TRUE(judge(report, {})) << name;
        // Clips are so small that the slowest presets would be chosen. This one has B-frames, too.
        PlanSettings settings;
        settings.preset = "superfast";
        return make_plan(report, settings);
    }
    static Transcoder::Run whole_run(const std::filesystem::path& source, TranscodePlan plan) {
        Transcoder::Run run;
        run.source = source;
        for (const auto& each : plan.pictures) run.streams.push_back(each.stream);
        for (const auto& each : plan.sounds) run.streams.push_back(each.stream);
        run.plan = std::move(plan);
        return run;
    }
    /// Probed, planned and made.
    TranscodeEnd make(const std::string& name, MadeFilm& film) {
        auto end = run_to_end(transcoder_.run(whole_run(clip(name), plan_of(name)), film));
        EXPECT_TRUE(end) << name << ": " << end.error().message;
        return end.value_or(TranscodeEnd());
    }

    TempFolder folder_;
    FfmpegTranscoder& transcoder_ = shared();
};

/// Every frame of a stream, as a player places it: by our own reading of the boxes.
class PlacedFrames final : public FragmentReader::Sink {
public:
    explicit PlacedFrames(const MadeStream& stream) {
        FragmentReader reader(*this);
        EXPECT_TRUE(reader.feed(as_bytes(stream.bytes())));
        std::ranges::sort(shown);
    }
    Result<> on_init(InitSegment init) override {
        timescale = init.timescale;
        return {};
    }
    Result<> on_sample(const CodedSample& sample) override {
        EXPECT_EQ(sample.decode_time, end) << "frames follow one another without a hole";
        end = sample.decode_time + sample.duration;
        shown.push_back(sample.shown_at());
        return {};
    }
    double seconds() const { return static_cast<double>(end) / timescale; }

    std::uint32_t timescale = 1;
    std::int64_t end = 0;
    std::vector<std::int64_t> shown;
};

}  // namespace syncwatch::ffmpeg
