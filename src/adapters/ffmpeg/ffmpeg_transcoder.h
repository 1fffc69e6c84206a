#pragma once
#include <filesystem>
#include <memory>
#include <set>
#include <string>

#include "adapters/ffmpeg/encoder_run.h"
#include "adapters/ffmpeg/tool_run.h"
#include "ports/transcoder.h"

namespace syncwatch::ffmpeg {

/// ffmpeg and ffprobe as child processes. All calls on one executor that is a single thread, and
/// not one that serves rooms; the thread must live as long as what it runs.
class FfmpegTranscoder final : public Transcoder {
public:
    struct Options {
        /// Names to be found in PATH, or paths.
        std::string ffmpeg = "ffmpeg";
        std::string ffprobe = "ffprobe";
        /// For small files between steps; made if it is not there, emptied when a call is done.
        std::filesystem::path scratch;
        Watchdog watchdog = {};
        int niceness = 5;
        unsigned cores = 2;  ///< For limits of processor time.
        std::chrono::seconds probe_deadline{30};
        /// For taking out subtitles, which reads the whole file.
        std::chrono::seconds read_deadline = std::chrono::minutes(20);
    };

    explicit FfmpegTranscoder(Options options) : options_(std::move(options)) {}

    Async<Abilities> prepare() override;
    Async<SourceReport> probe(std::filesystem::path source) override;
    Async<TranscodeEnd> run(Run run, TranscodeListener& listener) override;
    Async<std::string> picture(SourceFile source, Picture wanted) override;
    Async<std::vector<std::string>> subtitles(SourceFile source, std::vector<int> streams,
                                              std::chrono::microseconds origin) override;
    std::string first_frame(const std::string& segment) const override;
    Async<std::string> sprite_sheet(std::string init, std::vector<std::string> frames,
                                    PictureSize tile) override;

private:
    struct Tools {
        std::filesystem::path ffmpeg;
        std::filesystem::path ffprobe;
        std::set<std::string, std::less<>> decoders;  ///< Codecs that can be read.
        Abilities abilities;
    };

    Async<> ensure_tools();
    Async<> ensure_readable(SourceFile& source);
    Async<std::string> ask(std::string option);
    FencedSpec spec_of(const std::filesystem::path& program, std::vector<std::string> args,
                       SourceFile readable) const;
    FencedSpec spec_of_run(const Run& run) const;
    Async<Segmenter::Beginning> look_at_beginning(Run run);
    Async<> add_index(SourceReport& report, const std::filesystem::path& source);
    Async<> add_keyframe_gap(SourceVideo& video, double duration,
                             const std::filesystem::path& source);
    void mark_undecodable(SourceReport& report) const;

    const Options options_;
    std::unique_ptr<Tools> tools_;
    int scratch_files_ = 0;
};

}  // namespace syncwatch::ffmpeg
