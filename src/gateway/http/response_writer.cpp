#include "gateway/http/response_writer.h"

#include <algorithm>
#include <limits>
#include <string>
#include <variant>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "gateway/http/response_head.h"

namespace syncwatch::http {

Instant ResponseWriter::deadline() const {
    return std::chrono::time_point_cast<std::chrono::microseconds>(
               std::chrono::steady_clock::now()) +
           silence_;
}

Async<> ResponseWriter::write(std::string_view bytes, bool more) {
    while (!bytes.empty()) {
        const Moved moved = transport_.stream().write_some({bytes.data(), bytes.size()}, more);
        bytes.remove_prefix(moved.bytes);
        SW_CO_CHECK(co_await transport_.wait_for(moved.state, deadline()));
    }
    co_return Result<>{};
}

Async<> ResponseWriter::write_file(const FileBody& file) {
    std::uint64_t sent = 0;
    const auto executor = co_await net::this_coro::executor;
    while (sent < file.size) {
        const Moved moved = transport_.stream().send_file(
            file.fd.get(), file.offset + sent,
            static_cast<std::size_t>(std::min<std::uint64_t>(
                file.size - sent, std::numeric_limits<std::size_t>::max())));
        sent += moved.bytes;
        SW_CO_CHECK(co_await transport_.wait_for(moved.state, deadline()));
        if (moved.state == Moved::State::Done && sent < file.size) {
            // Others on this thread have their turn between two pieces.
            co_await net::post(executor, net::as_tuple(net::use_awaitable));
        }
    }
    co_return Result<>{};
}

Async<> ResponseWriter::write(Response response, const Request& request, bool keep_alive) {
    HeadOptions options;
    options.keep_alive = keep_alive;
    options.tls = request.tls;
    options.request_id = request.request_id;
    std::string head = response_head(response, options);
    const bool with_body = request.method != Method::Head && body_size(response) > 0;
    if (!with_body) co_return co_await write(head);
    if (const auto* text = std::get_if<std::string>(&response.body)) {
        head += *text;
        co_return co_await write(head);
    }
    SW_CO_CHECK(co_await write(head, true));
    if (const auto* shared = std::get_if<std::shared_ptr<const std::string>>(&response.body)) {
        co_return co_await write(**shared);
    }
    if (const auto* bytes = std::get_if<StaticBytes>(&response.body)) {
        co_return co_await write(bytes->bytes);
    }
    co_return co_await write_file(std::get<FileBody>(response.body));
}

}  // namespace syncwatch::http
