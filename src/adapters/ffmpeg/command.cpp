#include "adapters/ffmpeg/command.h"

#include <algorithm>

#include <fmt/format.h>

#include "adapters/ffmpeg/segmenter.h"
#include "base/assert.h"
#include "domain/transcode/frame_rate.h"
#include "domain/transcode/sprite_layout.h"

namespace syncwatch::ffmpeg {
namespace {

using std::chrono::microseconds;

/// What is decoded before the first frame that is kept when a run begins in the middle: enough for
/// the picture that is on at that time, even where frames come seldom.
constexpr microseconds kRunUp = std::chrono::seconds(5);
/// The same of sound, in frames: until the encoder hears what it would have heard.
constexpr std::int64_t kSoundRunUp = 16;
constexpr int kWindowSeconds = 14;

std::string seconds(microseconds time) {
    return fmt::format("{:.6f}", static_cast<double>(time.count()) / 1e6);
}

void add(Args& args, std::initializer_list<std::string_view> more) {
    for (const std::string_view each : more) args.emplace_back(each);
}

Args common_args() {
    return {"-hide_banner", "-nostdin", "-loglevel", "level+warning", "-nostats"};
}

/// PQ and HLG down to an ordinary screen: to light, into the smaller gamut, and bent to fit.
std::string tone_map(Transfer transfer) {
    if (transfer == Transfer::Sdr) return {};
    const char* in = transfer == Transfer::Pq ? "smpte2084" : "arib-std-b67";
    return fmt::format(
        "zscale=tin={}:min=bt2020nc:pin=bt2020:t=linear:npl=100,format=gbrpf32le,"
        "zscale=p=bt709,tonemap=tonemap=hable:desat=0,zscale=t=bt709:m=bt709:r=tv,",
        in);
}

std::string scale_to(int width, int height) {
    return fmt::format("scale={}:{}:out_range=tv,setsar=1,", width, height);
}

/// Where reading begins, on the film's own scale.
microseconds read_from(const Transcoder::Run& run) {
    const microseconds first = run.first_start > microseconds::zero()
                                   ? run.first_start
                                   : run.plan.segment_start(run.first_segment);
    return std::max(microseconds::zero(), first - kRunUp);
}

bool is_made(const Transcoder::Run& run, const std::string& stream) {
    return std::ranges::find(run.streams, stream) != run.streams.end();
}

/// Decoded once, brought to the constant rate, then scaled down from rung to rung.
std::string picture_graph(const Transcoder::Run& run, const std::vector<PictureStream>& rungs) {
    const TranscodePlan& plan = run.plan;
    std::string graph = fmt::format("[0:{}]", plan.source_video);
    // Its output keeps the first picture's size whatever comes later, and bwdif needs that.
    if (plan.deinterlace) graph += "scale=interl=-1,bwdif=mode=send_frame:deint=interlaced,";
    graph += fmt::format("fps=fps={}:round=near:start_time={},", plan.rate.text(),
                         seconds(read_from(run)));
    if (plan.hold > microseconds::zero()) {
        graph += fmt::format("tpad=stop_mode=clone:stop_duration={},", seconds(plan.hold));
    }
    if (run.first_segment > 0 || run.last_segment > 0) {
        graph += fmt::format("trim=start_pts={}", run.first_segment * plan.segment_frames);
        if (run.last_segment > 0) {
            graph += fmt::format(":end_pts={}", run.last_segment * plan.segment_frames);
        }
        graph += ",";
    }
    for (std::size_t i = 0; i < rungs.size(); ++i) {
        graph += scale_to(rungs[i].width, rungs[i].height);
        if (i == 0) graph += tone_map(plan.transfer);
        graph += "format=yuv420p";
        if (i + 1 == rungs.size()) {
            graph += fmt::format("[{}]", rungs[i].stream);
        } else {
            graph += fmt::format(",split=2[{}][below{}];[below{}]", rungs[i].stream, i, i);
        }
    }
    return graph;
}

/// Fragments with absolute times and no edit list: where things lie is for the segmenter to say.
void add_muxer(Args& args, bool pictures, std::size_t pipe) {
    const std::string flags = "+empty_moov+default_base_moof+frag_discont";
    add(args, {"-movflags", pictures ? flags + "+frag_keyframe" : flags, "-use_editlist", "0",
               "-avoid_negative_ts", "disabled", "-fflags", "+bitexact", "-map_metadata", "-1",
               "-map_chapters", "-1", "-flush_packets", "1"});
    if (!pictures) add(args, {"-frag_duration", "500000"});
    add(args, {"-f", "mp4", fmt::format("pipe:{}", 3 + pipe)});
}

void add_encoded_pictures(Args& args, const TranscodePlan& plan, const PictureStream& rung) {
    const std::string gop = std::to_string(plan.segment_frames);
    add(args, {"-map",
               "[" + rung.stream + "]",
               "-fps_mode",
               "passthrough",
               "-c:v",
               "libx264",
               "-preset",
               plan.preset,
               "-profile:v",
               "high",
               "-level:v",
               fmt::format("{}.{}", rung.level / 10, rung.level % 10),
               "-crf",
               std::to_string(plan.quality),
               "-maxrate",
               std::to_string(rung.peak_bits),
               "-bufsize",
               std::to_string(rung.peak_bits * 2),
               "-g",
               gop,
               "-keyint_min",
               gop,
               "-sc_threshold",
               "0",
               "-video_track_timescale",
               std::to_string(track_timescale(plan.rate))});
}

/// Where sound begins to be encoded: so that its frames lie where those of one run would.
std::string sound_from(const Transcoder::Run& run, const SoundStream& sound) {
    if (run.first_segment == 0) return "0";
    const auto rate = static_cast<std::uint32_t>(sound.sample_rate);
    const std::int64_t first = first_sound_frame(run.plan, run.first_segment, rate);
    const std::int64_t from = std::max<std::int64_t>(0, first - kSoundRunUp * kSoundFrame);
    return fmt::format("{:.9f}", static_cast<double>(from) / rate);
}

void add_sound(Args& args, const Transcoder::Run& run, const SoundStream& sound) {
    add(args, {"-map", fmt::format("0:{}", sound.source)});
    if (sound.copy) {
        add(args, {"-c:a", "copy"});
        return;
    }
    // Built anew where the sound changes its format, so nothing in it may know when the film begins
    // or ends: the segmenter puts silence there.
    const std::string filter = fmt::format(
        "atrim=start={},aresample=osr={}:async=1,aformat=channel_layouts={}",
        sound_from(run, sound), sound.sample_rate, sound.channels == 1 ? "mono" : "stereo");
    add(args, {"-af", filter, "-c:a", "aac", "-b:a", std::to_string(sound.bits_per_second)});
}

}  // namespace

const std::string_view kFormats =
    "mov,matroska,webm,avi,mpeg,mpegts,ogg,flv,asf,rm,mxf,nut,ivf,dv,wtv,gxf,nsv,mpegvideo,m4v,"
    "h264,hevc,obu,mp3,wav,w64,flac,aac,ac3,eac3,dts,aiff,caf,amr,ape,wv,tta";

Args input_args(const std::filesystem::path& source) {
    return {"-protocol_whitelist", "file", "-format_whitelist",
            std::string(kFormats), "-i",   "file:" + source.string()};
}

Args transcode_args(const Transcoder::Run& run) {
    const TranscodePlan& plan = run.plan;
    Args args = common_args();
    add(args, {"-progress", "pipe:1", "-stats_period", "0.25", "-copyts"});
    const microseconds from = read_from(run);
    if (from > microseconds::zero()) {
        // Seeking counts from the file's own start.
        add(args, {"-ss", seconds(from + plan.origin - plan.file_start), "-noaccurate_seek"});
    }
    add(args, {"-itsoffset", seconds(-plan.origin)});
    // Pictures that change their size in the middle: scaling copes. A graph built anew would lose
    // frames and begin at the start of time again.
    add(args, {"-reinit_filter:v", "0"});
    for (std::string& each : input_args(run.source.path)) args.push_back(std::move(each));

    std::vector<PictureStream> encoded;
    for (const PictureStream& each : plan.pictures) {
        if (!each.copy && is_made(run, each.stream)) encoded.push_back(each);
    }
    if (!encoded.empty()) add(args, {"-filter_complex", picture_graph(run, encoded)});

    for (std::size_t pipe = 0; pipe < run.streams.size(); ++pipe) {
        const std::string& stream = run.streams[pipe];
        const auto picture = std::ranges::find(plan.pictures, stream, &PictureStream::stream);
        if (picture != plan.pictures.end()) {
            if (picture->copy) {
                add(args, {"-map", fmt::format("0:{}", plan.source_video), "-c:v", "copy"});
            } else {
                add_encoded_pictures(args, plan, *picture);
            }
            add_muxer(args, true, pipe);
            continue;
        }
        const auto sound = std::ranges::find(plan.sounds, stream, &SoundStream::stream);
        SW_ASSERT(sound != plan.sounds.end());
        add_sound(args, run, *sound);
        add_muxer(args, false, pipe);
    }
    return args;
}

Args probe_args(const std::filesystem::path& source) {
    Args args{"-hide_banner",     "-loglevel",     "error",          "-print_format", "json",
              "-show_format",     "-show_streams", "-show_chapters", "-probesize",    "20000000",
              "-analyzeduration", "10000000"};
    for (std::string& each : input_args(source)) args.push_back(std::move(each));
    return args;
}

Args keyframe_args(const std::filesystem::path& source, int stream, double duration) {
    std::string windows = fmt::format("%+{}", kWindowSeconds);
    for (const double part : {0.3, 0.6, 0.85}) {
        windows += fmt::format(",{:.3f}%+{}", duration * part, kWindowSeconds);
    }
    Args args{"-hide_banner",
              "-loglevel",
              "error",
              "-print_format",
              "csv=print_section=0",
              "-show_entries",
              "packet=pts_time,flags",
              "-select_streams",
              std::to_string(stream),
              "-read_intervals",
              windows};
    for (std::string& each : input_args(source)) args.push_back(std::move(each));
    return args;
}

Args picture_args(const std::filesystem::path& source, const Transcoder::Picture& wanted) {
    Args args = common_args();
    // One picture is no work to share; and it is to be the keyframe before that place, which lies
    // before the output's beginning: passthrough does not drop it and decode on.
    add(args, {"-threads", "1", "-ss", seconds(wanted.at), "-noaccurate_seek"});
    for (std::string& each : input_args(source)) args.push_back(std::move(each));
    const std::string filter = scale_to(wanted.size.width, wanted.size.height) +
                               tone_map(wanted.transfer) + "format=yuvj420p";
    add(args, {"-map", fmt::format("0:{}", wanted.source_video), "-vf", filter, "-fps_mode",
               "passthrough", "-frames:v", "1", "-c:v", "mjpeg", "-q:v", "4", "-f", "image2pipe",
               "pipe:1"});
    return args;
}

Args subtitle_args(const std::filesystem::path& source, const std::vector<int>& streams,
                   microseconds origin) {
    Args args = common_args();
    add(args, {"-copyts", "-itsoffset", seconds(-origin)});
    for (std::string& each : input_args(source)) args.push_back(std::move(each));
    for (std::size_t pipe = 0; pipe < streams.size(); ++pipe) {
        add(args, {"-map", fmt::format("0:{}", streams[pipe]), "-c:s", "webvtt", "-f", "webvtt",
                   fmt::format("pipe:{}", 3 + pipe)});
    }
    return args;
}

Args sprite_args(const std::filesystem::path& movie, int tiles, PictureSize tile) {
    const int rows = (tiles + SpriteLayout::kColumns - 1) / SpriteLayout::kColumns;
    Args args = common_args();
    add(args, {"-protocol_whitelist",
               "file",
               "-format_whitelist",
               "mov",
               "-i",
               "file:" + movie.string(),
               "-map",
               "0:v:0",
               "-vf",
               fmt::format("scale={}:{},setsar=1,tile={}x{},format=yuvj420p", tile.width,
                           tile.height, SpriteLayout::kColumns, rows),
               "-fps_mode",
               "passthrough",
               "-frames:v",
               "1",
               "-c:v",
               "mjpeg",
               "-q:v",
               "6",
               "-f",
               "image2pipe",
               "pipe:1"});
    return args;
}

}  // namespace syncwatch::ffmpeg
