// Requests as they come off a socket, in pieces: heads, bodies, chunks, and what follows them.
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "base/assert.h"
#include "base/async/run_to_end.h"
#include "gateway/http/request_parser.h"

using namespace syncwatch;

namespace {

/// A client that says all it has and leaves.
class SaidStream final : public Stream {
public:
    SaidStream(std::string_view bytes, std::size_t piece) : bytes_(bytes), piece_(piece) {}

    Moved handshake() override { return {}; }
    Moved read_some(std::span<char> buffer) override {
        const std::size_t count = std::min({buffer.size(), bytes_.size(), piece_});
        if (count == 0) return {Moved::State::Closed, 0};
        std::memcpy(buffer.data(), bytes_.data(), count);
        bytes_.remove_prefix(count);
        return {Moved::State::Done, count};
    }
    Moved write_some(std::span<const char> bytes, bool) override {
        return {Moved::State::Done, bytes.size()};
    }
    Moved write_pieces(std::span<const iovec>) override { return {Moved::State::Closed, 0}; }
    Moved send_file(int, std::uint64_t, std::size_t size) override {
        return {Moved::State::Done, size};
    }
    std::size_t committed() const override { return 0; }
    bool is_tls() const override { return false; }
    void say_goodbye() override {}

private:
    std::string_view bytes_;
    const std::size_t piece_;
};

class SaidTransport final : public http::Transport {
public:
    SaidTransport(std::string_view bytes, std::size_t piece) : stream_(bytes, piece) {}

    Stream& stream() override { return stream_; }
    Async<> wait_readable(Instant) override { co_return Result<>(); }
    Async<> wait_writable(Instant) override { co_return Result<>(); }
    void close() override {}
    Released release() override { return {}; }

private:
    SaidStream stream_;
};

/// One request whole; false: nothing more can be understood.
Async<bool> read_one(http::Transport* transport, std::string* leftover) {
    constexpr std::size_t kHeaderBytes = 4096;
    http::RequestParser parser(*transport, std::move(*leftover), kHeaderBytes);
    SW_CO_TRY(const auto head, co_await parser.read_head(Instant::max(), std::chrono::seconds(1)));
    if (head != http::RequestParser::Head::Complete) co_return false;
    http::Request request;
    if (!parser.fill(request)) co_return false;
    SW_ASSERT(request.path.starts_with('/'));
    SW_ASSERT(request.path.find('\0') == std::string::npos);
    (void)request.query_value("ticket");
    (void)request.cookie("syncwatch_session");
    (void)parser.is_websocket_upgrade();
    (void)parser.expects_continue();
    std::string buffer(512, '\0');
    std::uint64_t body = 0;
    for (bool more = true; more;) {
        SW_CO_TRY(const std::size_t got,
                  co_await parser.read_body(buffer, std::chrono::seconds(1)));
        body += got;
        more = got > 0;
    }
    const auto length = parser.content_length();
    SW_ASSERT(!length || *length == body);
    *leftover = parser.take_leftover();
    co_return parser.keep_alive();
}

net::awaitable<int> read_all(http::Transport* transport) {
    std::string leftover;
    int count = 0;
    for (bool more = true; more && count < 100; ++count) {
        const auto kept = co_await read_one(transport, &leftover);
        more = kept && *kept;
    }
    co_return count;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    SaidTransport transport(bytes, 1 + std::size_t{data[0]} * 8);
    (void)run_to_end(read_all(&transport));
    return 0;
}
