#include "adapters/ffmpeg/fenced_child.h"

#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include <sys/socket.h>

#include "adapters/ffmpeg/read_notices.h"

namespace syncwatch::ffmpeg {
namespace {

/// As large as an unprivileged process may have: the encoder goes on while a segment is stored.
constexpr std::size_t kPipeSize = 1 << 20;

struct Channel {
    UniqueFd ours;
    UniqueFd theirs;
};

Result<Channel> make_channel() {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0) {
        return Channel{UniqueFd(ends[0]), UniqueFd(ends[1])};
    }
    return fail_unavailable("transcoder", std::string("make a socket: ") + std::strerror(errno),
                            std::chrono::seconds(30));
}

}  // namespace

Result<FencedChild> start_fenced(const FencedSpec& spec) {
    program::Spec plain;
    plain.component = "transcoder";
    plain.program = spec.program.string();
    plain.args = spec.args;
    plain.folder = spec.folder;
    // Threads of an encoder on many cores would each map an arena of 64 MiB.
    plain.environment = {"LC_ALL=C", "HOME=/nonexistent", "AV_LOG_FORCE_NOCOLOR=1",
                         "MALLOC_ARENA_MAX=4"};
    plain.pipes = spec.pipes;
    plain.pipe_bytes = kPipeSize;

    const FencesReady fences(spec.fences, spec.program);
    std::optional<Channel> channel;
    if (spec.reads) {
        SW_TRY(channel, make_channel());
    }
    const bool has_rules = fences.rules() >= 0;
    if (has_rules) plain.kept.push_back(fences.rules());
    if (channel) plain.kept.push_back(channel->theirs.get());
    plain.last_step = [&fences, has_rules, tells_reads = channel.has_value()](const int* kept) {
        if (!fences.enter(has_rules ? kept[0] : -1)) return false;
        // Nothing reads from here on: who would answer waits for exec.
        return !tells_reads || ReadNotices::begin(kept[has_rules ? 1 : 0]);
    };
    SW_TRY(program::Child child, program::Child::start(plain));
    FencedChild started{std::move(child), UniqueFd()};
    if (channel) {
        SW_TRY(started.reads, ReadNotices::take_listener(channel->ours.get()));
    }
    return started;
}

}  // namespace syncwatch::ffmpeg
