#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

#include <boost/asio/posix/stream_descriptor.hpp>

#include "base/async/async.h"
#include "base/unique_fd.h"

namespace syncwatch::ffmpeg {

/// Our end of a child's pipe.
class ReadEnd {
public:
    ReadEnd(net::any_io_executor executor, UniqueFd fd) : pipe_(executor, fd.release()) {}

    /// Bytes read into `into`; 0: the child closed it. Errors: Cancelled, Internal.
    Async<std::size_t> read(std::span<std::uint8_t> into);

private:
    net::posix::stream_descriptor pipe_;
};

}  // namespace syncwatch::ffmpeg
