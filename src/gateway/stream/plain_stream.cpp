#include <algorithm>
#include <cerrno>

#include <sys/sendfile.h>
#include <sys/socket.h>

#include "gateway/stream/stream.h"

namespace syncwatch {
namespace {

Moved moved(ssize_t result, Moved::State when_blocked) {
    if (result > 0) return {Moved::State::Done, static_cast<std::size_t>(result)};
    if (result < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return {when_blocked, 0};
    if (result < 0 && errno == EINTR) return {Moved::State::Done, 0};
    return {Moved::State::Closed, 0};
}

class PlainStream final : public Stream {
public:
    explicit PlainStream(int fd) : fd_(fd) {}

    Moved handshake() override { return {}; }
    Moved read_some(std::span<char> buffer) override {
        return moved(::recv(fd_, buffer.data(), buffer.size(), MSG_DONTWAIT),
                     Moved::State::WantRead);
    }
    Moved write_some(std::span<const char> bytes, bool more) override {
        const int flags = MSG_DONTWAIT | MSG_NOSIGNAL | (more ? MSG_MORE : 0);
        return moved(::send(fd_, bytes.data(), std::min(bytes.size(), kMaxPerCall), flags),
                     Moved::State::WantWrite);
    }
    Moved write_pieces(std::span<const iovec> pieces) override {
        msghdr message{};
        message.msg_iov = const_cast<iovec*>(pieces.data());
        message.msg_iovlen = pieces.size();
        return moved(::sendmsg(fd_, &message, MSG_DONTWAIT | MSG_NOSIGNAL),
                     Moved::State::WantWrite);
    }
    Moved send_file(int file, std::uint64_t offset, std::size_t size) override {
        auto at = static_cast<off_t>(offset);
        return moved(::sendfile(fd_, file, &at, std::min(size, kMaxPerCall)),
                     Moved::State::WantWrite);
    }
    std::size_t committed() const override { return 0; }
    bool is_tls() const override { return false; }
    void say_goodbye() override {}

private:
    const int fd_;
};

}  // namespace

std::unique_ptr<Stream> make_plain_stream(int fd) {
    return std::make_unique<PlainStream>(fd);
}

}  // namespace syncwatch
