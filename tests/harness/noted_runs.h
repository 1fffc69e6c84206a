#pragma once
#include <utility>
#include <vector>

#include "ports/transcoder.h"

namespace syncwatch {

/// A transcoder that notes what it was asked to make.
class NotedRuns final : public Transcoder {
public:
    explicit NotedRuns(Transcoder& real) : real_(real) {}

    Async<Abilities> prepare() override { return real_.prepare(); }
    Async<SourceReport> probe(std::filesystem::path source) override {
        return real_.probe(std::move(source));
    }
    Async<TranscodeEnd> run(Run run, TranscodeListener& listener) override {
        runs.push_back(run);
        return real_.run(std::move(run), listener);
    }
    Async<std::string> picture(SourceFile source, Picture wanted) override {
        return real_.picture(std::move(source), std::move(wanted));
    }
    Async<std::vector<std::string>> subtitles(SourceFile source, std::vector<int> streams,
                                              std::chrono::microseconds origin) override {
        return real_.subtitles(std::move(source), std::move(streams), origin);
    }
    std::string first_frame(const std::string& segment) const override {
        return real_.first_frame(segment);
    }
    Async<std::string> sprite_sheet(std::string init, std::vector<std::string> frames,
                                    PictureSize tile) override {
        return real_.sprite_sheet(std::move(init), std::move(frames), tile);
    }

    std::vector<Run> runs;

private:
    Transcoder& real_;
};

}  // namespace syncwatch
