#pragma once
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <memory>
#include <span>

#include "base/async/async.h"
#include "base/time.h"
#include "base/unique_fd.h"

namespace syncwatch::http {

/// What one attempt to move bytes came to.
struct Moved {
    enum class State : std::uint8_t { Done, WantRead, WantWrite, Closed };
    State state = State::Done;
    std::size_t bytes = 0;
};

/// Bytes to and from one client, never blocking: plain TCP or TLS. An attempt that cannot go on
/// says what to wait for. One thread at a time.
class Transport {
public:
    virtual ~Transport() = default;

    virtual Moved read_some(std::span<char> buffer) = 0;
    /// `more`: more follows at once, so a packet need not leave yet.
    virtual Moved write_some(std::span<const char> bytes, bool more) = 0;
    /// Sends from a file without copying where the kernel can.
    virtual Moved send_file(int fd, std::uint64_t offset, std::size_t size) = 0;

    /// Waits until reading (or writing) may go on. Errors: Timeout at `deadline`, Cancelled when
    /// the socket was closed meanwhile.
    virtual Async<> wait_readable(Instant deadline) = 0;
    virtual Async<> wait_writable(Instant deadline) = 0;

    virtual bool is_tls() const = 0;
    /// Ends the connection; waits under way end with Cancelled.
    virtual void close() = 0;
    /// Gives the socket away (a WebSocket moves to its room's thread); the object is spent.
    virtual UniqueFd release() = 0;
};

std::unique_ptr<Transport> make_plain_transport(net::ip::tcp::socket socket);

}  // namespace syncwatch::http
