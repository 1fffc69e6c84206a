#pragma once
#include <cstdint>
#include <memory>
#include <span>

#include <sys/uio.h>

namespace syncwatch {

/// What one attempt to move bytes came to.
struct Moved {
    enum class State : std::uint8_t { Done, WantRead, WantWrite, Closed };
    State state = State::Done;
    std::size_t bytes = 0;
};

/// One call of a stream moves at most this much, so that a fast client cannot hold the loop.
inline constexpr std::size_t kMaxPerCall = 256 * 1024;

/// Bytes over one connected, non-blocking socket, plain or TLS: only moves them, never waits. An
/// attempt that cannot go on says what to wait for; whoever owns the socket does. It keeps the
/// descriptor's number, not the descriptor. One thread at a time, not always the same.
class Stream {
public:
    virtual ~Stream() = default;

    /// TLS shakes hands; to be repeated until Done. Plain: Done at once.
    virtual Moved handshake() = 0;
    virtual Moved read_some(std::span<char> buffer) = 0;
    /// `more`: more follows at once, so a packet need not leave yet.
    virtual Moved write_some(std::span<const char> bytes, bool more) = 0;
    /// Several pieces, as one packet or one TLS record where they fit.
    virtual Moved write_pieces(std::span<const iovec> pieces) = 0;
    /// Sends from a file, without copying where the kernel can.
    virtual Moved send_file(int fd, std::uint64_t offset, std::size_t size) = 0;

    /// After a write that could not go on: bytes at its front that the next write must begin with
    /// too, because they are encrypted already.
    virtual std::size_t committed() const = 0;
    virtual bool is_tls() const = 0;
    /// Tells the other side that no more comes, as far as that is possible at once.
    virtual void say_goodbye() = 0;
};

std::unique_ptr<Stream> make_plain_stream(int fd);

}  // namespace syncwatch
