#include "adapters/ffmpeg/ffmpeg_transcoder.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include <boost/asio/this_coro.hpp>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapters/ffmpeg/command.h"
#include "adapters/ffmpeg/keyframe_movie.h"
#include "adapters/ffmpeg/mp4_index.h"
#include "adapters/ffmpeg/probe_json.h"
#include "adapters/ffmpeg/read_notices.h"
#include "adapters/program/surroundings.h"
#include "base/log/log.h"
#include "domain/transcode/judge.h"
#include "domain/transcode/remux.h"

namespace syncwatch::ffmpeg {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr std::chrono::seconds kAskDeadline{10};
constexpr std::size_t kLargestSubtitles = std::size_t{16} << 20;

tl::unexpected<Error> unusable(std::string why) {
    return fail_unavailable("transcoder", std::move(why), 60s);
}

/// Where a program really lies: what fences it must know that.
Result<fs::path> find_tool(const std::string& name) {
    if (const auto found = program::find_program(name)) {
        std::error_code error;
        const fs::path real = fs::canonical(*found, error);
        return error ? *found : real;
    }
    return unusable(name + " is not installed");
}

/// The codecs that can be decoded, from the answer to -codecs: " DEV.L. h264   H.264 / AVC…".
std::set<std::string, std::less<>> decoders_in(std::string_view list) {
    std::set<std::string, std::less<>> found;
    while (!list.empty()) {
        const std::size_t end = std::min(list.find('\n'), list.size());
        const std::string_view line = list.substr(0, end);
        list.remove_prefix(std::min(end + 1, list.size()));
        if (line.size() < 9 || line[1] != 'D' || line[7] != ' ') continue;
        const std::string_view name = line.substr(8);
        found.emplace(name.substr(0, name.find(' ')));
    }
    return found;
}

std::string read_head(const fs::path& file) {
    std::string head(16, '\0');
    std::ifstream in(file, std::ios::binary);
    in.read(head.data(), static_cast<std::streamsize>(head.size()));
    head.resize(static_cast<std::size_t>(std::max<std::streamsize>(in.gcount(), 0)));
    return head;
}

/// Why probing came to nothing, as the file's fault or ours.
Error probe_failure(const program::Ran& output, const fs::path& source) {
    const bool film = begins_like_a_film(read_head(source));
    MediaFailure why = diagnose(output.errors, output.end, film);
    // A prober that a file can crash tells that the file is broken, not that the server is.
    if (why == MediaFailure::TranscodeFailed) {
        why = film ? MediaFailure::Damaged : MediaFailure::NotAVideo;
    }
    return failure_error(why, "probe: " + output.end.text() + ": " + last_complaint(output.errors));
}

double gap_in(std::string_view packets) {
    double largest = 0;
    std::optional<double> last_key;
    std::optional<double> last;
    const auto close = [&] {
        if (last_key && last) largest = std::max(largest, *last - *last_key);
    };
    while (!packets.empty()) {
        const std::size_t end = std::min(packets.find('\n'), packets.size());
        const std::string line(packets.substr(0, end));
        packets.remove_prefix(std::min(end + 1, packets.size()));
        char* rest = nullptr;
        const double at = std::strtod(line.c_str(), &rest);
        if (rest == line.c_str() || *rest != ',') continue;
        // A jump is where one window ends and the next one begins.
        if (last && std::abs(at - *last) > 2) {
            close();
            last_key.reset();
        }
        if (rest[1] == 'K') {
            if (last_key) largest = std::max(largest, at - *last_key);
            last_key = at;
        }
        last = std::max(at, last && std::abs(at - *last) <= 2 ? *last : at);
    }
    close();
    return largest;
}

/// Pictures that are passed on, and not from the film's start.
bool is_later_copy(const Transcoder::Run& run) {
    if (run.first_segment == 0) return false;
    const auto& pictures = run.plan.pictures;
    const auto found = std::ranges::find(pictures, run.streams.front(), &PictureStream::stream);
    return found != pictures.end() && found->copy;
}

/// Ends a run when it has made something.
class OneSegment final : public TranscodeListener {
public:
    Async<> on_init(std::string, MadeInit) override { co_return Result<>(); }
    Async<> on_segment(std::string, MadeSegment) override {
        co_return fail(ErrorCode::Cancelled, "it was seen");
    }
    void on_progress(TranscodeProgress) override {}
};

class ScratchFile {
public:
    ScratchFile(fs::path path, std::string_view bytes) : path_(std::move(path)) {
        std::ofstream out(path_, std::ios::binary);
        out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        good_ = static_cast<bool>(out.flush());
    }
    ScratchFile(const ScratchFile&) = delete;
    ScratchFile& operator=(const ScratchFile&) = delete;
    ~ScratchFile() {
        std::error_code ignored;
        fs::remove(path_, ignored);
    }
    const fs::path& path() const { return path_; }
    bool is_good() const { return good_; }

private:
    fs::path path_;
    bool good_ = false;
};

}  // namespace

FencedSpec FfmpegTranscoder::spec_of(const fs::path& program, std::vector<std::string> args,
                                     SourceFile readable) const {
    FencedSpec spec;
    spec.program = program;
    spec.args = std::move(args);
    spec.folder = options_.scratch;
    spec.fences.niceness = options_.niceness;
    spec.fences.readable = {readable.path, options_.scratch};
    if (ReadNotices::are_possible()) spec.reads = std::move(readable.partial);
    spec.fences.max_cpu_time = std::chrono::minutes(10) * options_.cores;
    // Address space is not memory, and threads take much of it: the watchdog looks at the rest.
    spec.fences.max_address_space = options_.watchdog.max_memory + (std::int64_t{8} << 30);
    return spec;
}

Async<std::string> FfmpegTranscoder::ask(std::string option) {
    ToolLimits limits;
    limits.deadline = kAskDeadline;
    std::vector<std::string> args{"-hide_banner", "-nostdin", std::move(option)};
    FencedSpec spec = spec_of(tools_->ffmpeg, std::move(args), fs::path("/dev/null"));
    SW_CO_TRY(program::Ran output, co_await run_tool(std::move(spec), limits));
    if (!output.end.is_good()) co_return unusable("ffmpeg does not run: " + output.end.text());
    co_return std::move(output.out);
}

Async<> FfmpegTranscoder::ensure_tools() {
    if (tools_ && !tools_->decoders.empty()) co_return Result<>();
    std::error_code error;
    fs::create_directories(options_.scratch, error);
    if (error) co_return unusable("make " + options_.scratch.string() + ": " + error.message());
    auto tools = std::make_unique<Tools>();
    SW_CO_TRY(tools->ffmpeg, find_tool(options_.ffmpeg));
    SW_CO_TRY(tools->ffprobe, find_tool(options_.ffprobe));
    tools_ = std::move(tools);

    SW_CO_TRY(const std::string version, co_await ask("-version"));
    SW_CO_TRY(const std::string encoders, co_await ask("-encoders"));
    SW_CO_TRY(const std::string filters, co_await ask("-filters"));
    SW_CO_TRY(const std::string codecs, co_await ask("-codecs"));
    if (encoders.find(" libx264 ") == std::string::npos) {
        co_return unusable("this ffmpeg cannot make H.264 (no libx264)");
    }
    tools_->abilities.version = version.substr(0, version.find('\n'));
    tools_->abilities.can_tone_map = filters.find(" zscale ") != std::string::npos &&
                                     filters.find(" tonemap ") != std::string::npos;
    tools_->decoders = decoders_in(codecs);
    if (tools_->decoders.empty()) co_return unusable("this ffmpeg names no decoders");
    co_return Result<>();
}

Async<Transcoder::Abilities> FfmpegTranscoder::prepare() {
    SW_CO_CHECK(co_await ensure_tools());
    co_return tools_->abilities;
}

Async<SourceReport> FfmpegTranscoder::probe(fs::path source) {
    SW_CO_CHECK(co_await ensure_tools());
    struct stat status {};
    if (::stat(source.c_str(), &status) != 0) {
        co_return fail(failure_error(MediaFailure::OriginalMissing, source.string()));
    }
    if (status.st_size == 0) co_return fail(failure_error(MediaFailure::Empty, "0 bytes"));
    ToolLimits limits;
    limits.deadline = options_.probe_deadline;
    FencedSpec spec = spec_of(tools_->ffprobe, probe_args(source), source);
    const auto output = co_await run_tool(std::move(spec), limits);
    if (!output) {
        const ErrorCode code = output.error().code;
        const bool too_much = code == ErrorCode::Timeout || code == ErrorCode::TooLarge;
        if (!too_much) co_return fail(output.error());
        // No real film takes so long to open.
        co_return fail(failure_error(MediaFailure::Damaged, "probe: " + output.error().message));
    }
    if (!output->end.is_good()) co_return fail(probe_failure(*output, source));
    auto report = parse_probe(output->out);
    if (!report) {
        co_return fail(failure_error(MediaFailure::Damaged, "probe: " + report.error().message));
    }
    // ffprobe leaves out sizes that it finds impossible, and says so.
    const SourceVideo* film = main_video(*report);
    if (film != nullptr && film->width == 0 &&
        output->errors.find("Picture size") != std::string::npos) {
        co_return fail(failure_error(MediaFailure::TooManyPixels, last_complaint(output->errors)));
    }
    mark_undecodable(*report);
    SW_CO_CHECK(co_await add_index(*report, source));
    co_return std::move(*report);
}

void FfmpegTranscoder::mark_undecodable(SourceReport& report) const {
    for (SourceVideo& each : report.videos) {
        each.is_decodable = tools_->decoders.contains(each.codec);
    }
    for (SourceAudio& each : report.audios) {
        each.is_decodable = tools_->decoders.contains(each.codec);
    }
}

Async<> FfmpegTranscoder::add_index(SourceReport& report, const fs::path& source) {
    std::optional<std::vector<Mp4Track>> index;
    if (report.is_mp4()) {
        SW_CO_TRY(index, read_mp4_index(source));
    }
    for (const Mp4Track& track : index.value_or(std::vector<Mp4Track>())) {
        const auto id = static_cast<int>(track.id);
        for (SourceVideo& each : report.videos) {
            if (each.id != id || !track.is_video) continue;
            report.present = std::min(report.present, track.present);
            if (!track.has_plain_edits) continue;
            each.largest_keyframe_gap = track.largest_keyframe_gap;
            // The sum of the frames is true where the header is not.
            each.duration = track.duration;
        }
        for (SourceAudio& each : report.audios) {
            if (each.id != id || !track.is_audio) continue;
            each.is_gapless = track.is_regular && track.has_plain_edits && track.present == 1;
        }
    }
    const SourceVideo* main = main_video(report);
    if (main == nullptr || main->largest_keyframe_gap) co_return Result<>();
    SourceVideo candidate = *main;
    candidate.largest_keyframe_gap = 0;
    if (!can_copy_pictures(report, candidate, RemuxLimits())) co_return Result<>();
    for (SourceVideo& each : report.videos) {
        if (each.index != candidate.index) continue;
        SW_CO_CHECK(co_await add_keyframe_gap(each, report.duration.value_or(0), source));
    }
    co_return Result<>();
}

Async<> FfmpegTranscoder::add_keyframe_gap(SourceVideo& video, double duration,
                                           const fs::path& source) {
    ToolLimits limits;
    limits.deadline = options_.probe_deadline;
    std::vector<std::string> args = keyframe_args(source, video.index, duration);
    FencedSpec spec = spec_of(tools_->ffprobe, std::move(args), source);
    const auto output = co_await run_tool(std::move(spec), limits);
    if (!output && output.error().code == ErrorCode::Cancelled) co_return fail(output.error());
    // Not knowing means to encode: that always works.
    if (output && output->end.is_good()) video.largest_keyframe_gap = gap_in(output->out);
    co_return Result<>();
}

FencedSpec FfmpegTranscoder::spec_of_run(const Run& run) const {
    FencedSpec spec = spec_of(tools_->ffmpeg, transcode_args(run), run.source);
    spec.pipes = static_cast<int>(run.streams.size());
    spec.fences.max_cpu_time = options_.watchdog.allowed_time(run.plan.duration) * options_.cores;
    return spec;
}

/// Where nobody can be told of a child's reads, all of the file comes first.
Async<> FfmpegTranscoder::ensure_readable(SourceFile& source) {
    if (!source.partial || ReadNotices::are_possible()) co_return Result<>();
    SW_CO_CHECK(co_await source.partial->bring(0, source.partial->size()));
    co_return Result<>();
}

Async<TranscodeEnd> FfmpegTranscoder::run(Run run, TranscodeListener& listener) {
    SW_CO_CHECK(co_await ensure_tools());
    SW_CO_CHECK(co_await ensure_readable(run.source));
    std::optional<Segmenter::Beginning> beginning;
    if (is_later_copy(run)) {
        Run whole = run;
        SW_CO_TRY(beginning, co_await look_at_beginning(std::move(whole)));
    }
    const auto executor = co_await net::this_coro::executor;
    FencedSpec spec = spec_of_run(run);
    EncoderRun encoder(executor, std::move(run), options_.watchdog, listener, beginning);
    co_return co_await encoder.execute(std::move(spec));
}

Async<Segmenter::Beginning> FfmpegTranscoder::look_at_beginning(Run run) {
    run.first_segment = 0;
    run.first_start = std::chrono::microseconds::zero();
    const auto executor = co_await net::this_coro::executor;
    FencedSpec spec = spec_of_run(run);
    OneSegment enough;
    EncoderRun encoder(executor, std::move(run), options_.watchdog, enough);
    const auto ended = co_await encoder.execute(std::move(spec));
    if (const auto beginning = encoder.beginning()) co_return *beginning;
    if (!ended) co_return fail(ended.error());
    co_return fail(ErrorCode::Conflict, "the file gives no pictures", "cannot_copy");
}

Async<std::string> FfmpegTranscoder::picture(SourceFile source, Picture wanted) {
    SW_CO_CHECK(co_await ensure_tools());
    SW_CO_CHECK(co_await ensure_readable(source));
    if (!tools_->abilities.can_tone_map) wanted.transfer = Transfer::Sdr;
    ToolLimits limits;
    limits.deadline = options_.probe_deadline;
    FencedSpec spec = spec_of(tools_->ffmpeg, picture_args(source.path, wanted), source);
    SW_CO_TRY(program::Ran output, co_await run_tool(std::move(spec), limits));
    if (!output.end.is_good()) co_return std::string();
    co_return std::move(output.out);
}

Async<std::vector<std::string>> FfmpegTranscoder::subtitles(SourceFile source,
                                                            std::vector<int> streams,
                                                            std::chrono::microseconds origin) {
    SW_CO_CHECK(co_await ensure_tools());
    SW_CO_CHECK(co_await ensure_readable(source));
    ToolLimits limits;
    limits.deadline = options_.read_deadline;
    limits.max_output = kLargestSubtitles;
    std::vector<std::string> args = subtitle_args(source.path, streams, origin);
    FencedSpec spec = spec_of(tools_->ffmpeg, std::move(args), source);
    spec.pipes = static_cast<int>(streams.size());
    SW_CO_TRY(program::Ran output, co_await run_tool(std::move(spec), limits));
    if (!output.end.is_good()) {
        log::warning("subtitles.not_read", {{"error", last_complaint(output.errors)}});
    }
    co_return std::move(output.pipes);
}

std::string FfmpegTranscoder::first_frame(const std::string& segment) const {
    return keyframe_of(segment);
}

Async<std::string> FfmpegTranscoder::sprite_sheet(std::string init, std::vector<std::string> frames,
                                                  PictureSize tile) {
    SW_CO_CHECK(co_await ensure_tools());
    SW_CO_TRY(const std::string movie, keyframe_movie(init, frames));
    const auto name = fmt::format("sprite-{}-{}.mp4", ::getpid(), scratch_files_++);
    const ScratchFile file(options_.scratch / name, movie);
    if (!file.is_good()) {
        co_return fail(failure_error(MediaFailure::StorageFull, "write " + file.path().string()));
    }
    std::vector<std::string> args = sprite_args(file.path(), static_cast<int>(frames.size()), tile);
    FencedSpec spec = spec_of(tools_->ffmpeg, std::move(args), file.path());
    SW_CO_TRY(program::Ran output, co_await run_tool(std::move(spec), ToolLimits()));
    if (!output.end.is_good() || output.out.empty()) {
        co_return fail(failure_error(MediaFailure::TranscodeFailed,
                                     "sprite: " + last_complaint(output.errors)));
    }
    co_return std::move(output.out);
}

}  // namespace syncwatch::ffmpeg
