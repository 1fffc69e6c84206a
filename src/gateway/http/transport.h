#pragma once
#include <cstdint>
#include <memory>
#include <span>

#include <boost/asio/ip/tcp.hpp>

#include "base/async/async.h"
#include "base/time.h"
#include "base/unique_fd.h"
#include "gateway/stream/stream.h"

namespace syncwatch::http {

/// Bytes to and from one client, and waiting until they can move. One thread at a time.
class Transport {
public:
    virtual ~Transport() = default;

    /// The bytes themselves: never blocks, says what to wait for.
    virtual Stream& stream() = 0;

    /// Waits until reading (or writing) may go on. Errors: Timeout at `deadline`, Cancelled when
    /// the socket was closed meanwhile.
    virtual Async<> wait_readable(Instant deadline) = 0;
    virtual Async<> wait_writable(Instant deadline) = 0;
    /// Waits for what an attempt that could not go on asked for; returns at once after Done.
    /// Errors: as above, and Cancelled when the client left.
    Async<> wait_for(Moved::State state, Instant deadline);

    /// Ends the connection; waits under way end with Cancelled.
    virtual void close() = 0;

    struct Released {
        UniqueFd socket;
        std::unique_ptr<Stream> stream;
    };
    /// Gives the socket away (a WebSocket moves to its room's thread); the object is spent.
    virtual Released release() = 0;
};

/// `stream` moves the bytes of `socket`.
std::unique_ptr<Transport> make_transport(net::ip::tcp::socket socket,
                                          std::unique_ptr<Stream> stream);

}  // namespace syncwatch::http
