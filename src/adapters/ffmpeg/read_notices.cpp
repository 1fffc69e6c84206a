#include "adapters/ffmpeg/read_notices.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "adapters/ffmpeg/seccomp_architecture.h"

namespace syncwatch::ffmpeg {
namespace {

/// The listener of a filter that tells of read(2), and lets everything else pass; below 0: none.
int install_filter() {
    if (kArchitecture == 0) {
        errno = ENOSYS;
        return -1;
    }
    sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kArchitecture, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_read, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const sock_fprog filter{static_cast<unsigned short>(std::size(program)), program};
    return static_cast<int>(
        ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &filter));
}

/// What goes through the channel: one byte, with a descriptor beside it.
struct Envelope {
    char nothing = 0;
    iovec part{&nothing, 1};
    alignas(cmsghdr) char beside[CMSG_SPACE(sizeof(int))] = {};

    Envelope() = default;
    Envelope(const Envelope&) = delete;
    Envelope& operator=(const Envelope&) = delete;

    /// For sending as for receiving; it points into this.
    msghdr message() {
        msghdr out{};
        out.msg_iov = &part;
        out.msg_iovlen = 1;
        out.msg_control = beside;
        out.msg_controllen = sizeof(beside);
        return out;
    }
};

bool try_in_a_child() {
    const pid_t pid = ::fork();
    if (pid < 0) return false;
    if (pid == 0) {
        const bool good = ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && install_filter() >= 0;
        ::_exit(good ? 0 : 1);
    }
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR) return false;
    }
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

short events_of(int listener) {
    pollfd look{listener, POLLIN, 0};
    return ::poll(&look, 1, 0) > 0 ? look.revents : short{0};
}

}  // namespace

bool ReadNotices::are_possible() {
    static const bool possible = try_in_a_child();
    return possible;
}

bool ReadNotices::begin(int channel) {
    const int listener = install_filter();
    if (listener < 0) return false;
    Envelope envelope;
    msghdr message = envelope.message();
    cmsghdr* const head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(head), &listener, sizeof(int));
    return ::sendmsg(channel, &message, 0) == 1;
}

Result<UniqueFd> ReadNotices::take_listener(int channel) {
    Envelope envelope;
    msghdr message = envelope.message();
    const auto got = ::recvmsg(channel, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    const cmsghdr* const head = got == 1 ? CMSG_FIRSTHDR(&message) : nullptr;
    if (head == nullptr || head->cmsg_type != SCM_RIGHTS) {
        return fail(ErrorCode::Internal, "a child did not say how it reads");
    }
    int listener = -1;
    std::memcpy(&listener, CMSG_DATA(head), sizeof(int));
    return UniqueFd(listener);
}

ReadNotices::ReadNotices(int listener) : listener_(listener) {
    seccomp_notif_sizes sizes{};
    (void)::syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes);
    notice_size_ = std::max<std::size_t>(sizes.seccomp_notif, sizeof(seccomp_notif));
    answer_size_ = std::max<std::size_t>(sizes.seccomp_notif_resp, sizeof(seccomp_notif_resp));
}

std::optional<ReadNotices::Notice> ReadNotices::take() {
    // Taking waits where there is nothing to take.
    if ((events_of(listener_) & POLLIN) == 0) return std::nullopt;
    std::vector<std::uint64_t> space(notice_size_ / sizeof(std::uint64_t) + 1);
    if (::ioctl(listener_, SECCOMP_IOCTL_NOTIF_RECV, space.data()) != 0) return std::nullopt;
    seccomp_notif told{};
    std::memcpy(&told, space.data(), sizeof(told));
    return Notice{told.id, told.pid, static_cast<int>(told.data.args[0]), told.data.args[2]};
}

bool ReadNotices::is_over() const {
    const short events = events_of(listener_);
    return (events & POLLIN) == 0 && (events & (POLLHUP | POLLERR | POLLNVAL)) != 0;
}

void ReadNotices::answer(std::uint64_t id, bool refused) const {
    seccomp_notif_resp answer{};
    answer.id = id;
    answer.error = refused ? -EIO : 0;
    answer.flags = refused ? 0 : SECCOMP_USER_NOTIF_FLAG_CONTINUE;
    std::vector<std::uint64_t> space(answer_size_ / sizeof(std::uint64_t) + 1);
    std::memcpy(space.data(), &answer, sizeof(answer));
    // Whoever asked may be gone by now.
    (void)::ioctl(listener_, SECCOMP_IOCTL_NOTIF_SEND, space.data());
}

void ReadNotices::let_go_on(std::uint64_t id) const {
    answer(id, false);
}

void ReadNotices::refuse(std::uint64_t id) const {
    answer(id, true);
}

std::optional<std::uint64_t> place_of(const ReadNotices::Notice& notice, std::uint64_t device,
                                      std::uint64_t inode) {
    const std::string file = fmt::format("/proc/{}/fd/{}", notice.thread, notice.fd);
    struct ::stat facts {};
    if (::stat(file.c_str(), &facts) != 0) return std::nullopt;
    if (facts.st_dev != device || facts.st_ino != inode) return std::nullopt;
    const std::string about = fmt::format("/proc/{}/fdinfo/{}", notice.thread, notice.fd);
    const UniqueFd info(::open(about.c_str(), O_RDONLY | O_CLOEXEC));
    std::array<char, 128> text{};
    const auto got = info ? ::read(info.get(), text.data(), text.size()) : -1;
    constexpr std::string_view kPlace = "pos:\t";
    const std::string_view line(text.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (!line.starts_with(kPlace)) return std::nullopt;
    std::uint64_t place = 0;
    const char* const digits = line.data() + kPlace.size();
    const auto [end, failed] = std::from_chars(digits, line.data() + line.size(), place);
    if (failed != std::errc() || end == digits) return std::nullopt;
    return place;
}

}  // namespace syncwatch::ffmpeg
