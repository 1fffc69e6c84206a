#include "adapters/ffmpeg/read_end.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace syncwatch::ffmpeg {

Async<std::size_t> ReadEnd::read(std::span<std::uint8_t> into) {
    const auto buffer = net::buffer(into.data(), into.size());
    const auto [error, count] =
        co_await pipe_.async_read_some(buffer, net::as_tuple(net::use_awaitable));
    if (!error) co_return count;
    if (error == net::error::eof) co_return std::size_t{0};
    if (error == net::error::operation_aborted) {
        co_return fail(ErrorCode::Cancelled, "reading a pipe was stopped");
    }
    co_return fail(ErrorCode::Internal, "read a pipe: " + error.message());
}

}  // namespace syncwatch::ffmpeg
