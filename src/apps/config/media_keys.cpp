#include "apps/config/key_sections.h"
#include "apps/config/takers.h"
#include "apps/config/values.h"
#include "base/quantity.h"

namespace syncwatch::config {
namespace {

constexpr Key kMediaKeys[] = {
    {"uploads.max_size", Kind::Text, "SIZE", "50GiB", kSize, "The largest film that is taken.",
     [](Settings& s, Words w) { return put(parse_size(w[0]), s.uploads.max_bytes); }},
    {"uploads.expire_after", Kind::Text, "TIME", "24h", kSpan,
     "An upload that nobody goes on with is removed after this.",
     [](Settings& s, Words w) { return put(parse_span(w[0]), s.uploads.expire_after); }},
    {"uploads.keep_free", Kind::Text, "SIZE", "1GiB", kSize,
     "Space on the disk that uploads and transcoding leave alone.",
     [](Settings& s, Words w) { return put(parse_size(w[0]), s.uploads.keep_free); }},
    {"media.work", Kind::Flag, "FLAG", "true", kFlag,
     "Whether this node transcodes. false: workers of their own do (syncwatch worker).",
     [](Settings& s, Words w) { return put(parse_flag(w[0]), s.media.work); }},
    {"media.keep_original", Kind::Flag, "FLAG", "true", kFlag,
     "Whether uploaded files are kept once they are transcoded, so that what is lost can be made "
     "again.",
     [](Settings& s, Words w) { return put(parse_flag(w[0]), s.media.keep_original); }},
    {"media.ffmpeg", Kind::Text, "PROGRAM", "ffmpeg", "the name or path of a program",
     "The ffmpeg to run.", [](Settings& s, Words w) { return take_text(w, s.media.ffmpeg); }},
    {"media.ffprobe", Kind::Text, "PROGRAM", "ffprobe", "the name or path of a program",
     "The ffprobe to run.", [](Settings& s, Words w) { return take_text(w, s.media.ffprobe); }},
    {"media.jobs", Kind::Number, "COUNT", "1", "a number from 1 to 64",
     "Films that are prepared at once. One uses all cores by itself.",
     [](Settings& s, Words w) { return put(parse_count(w[0], 1, 64), s.media.jobs); }},
    {"media.preset", Kind::Text, "PRESET", "auto",
     "auto, ultrafast, superfast, veryfast, faster, fast, medium, slow or slower",
     "How thoroughly pictures are compressed. auto takes the best that this machine can run well "
     "ahead of whoever watches meanwhile.",
     [](Settings& s, Words w) { return put(parse_preset(w[0]), s.media.preset); }},
    {"media.max_duration", Kind::Text, "TIME", "12h", kSpan, "The longest film that is taken.",
     [](Settings& s, Words w) { return put(parse_span(w[0]), s.media.max_duration); }},
    {"media.lease", Kind::Text, "TIME", "30s", "a time from \"3s\" to \"10m\"",
     "How long a film that is being prepared is kept for a worker of which nothing is heard. Then "
     "another one goes on with it.",
     [](Settings& s, Words w) { return put(parse_lease(w[0]), s.media.lease); }},
    {"media.part", Kind::Text, "TIME", "60s", kSpan,
     "How long the parts are that workers without a film of their own make of one that another "
     "prepares, where it has at least three. 0s: they do not help.",
     [](Settings& s, Words w) { return put(parse_span(w[0]), s.media.part); }},
};

}  // namespace

std::span<const Key> media_keys() {
    return kMediaKeys;
}

}  // namespace syncwatch::config
