#include "gateway/http/request_parser.h"

#include <iterator>
#include <limits>

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/rfc7230.hpp>

#include "gateway/http/percent.h"

namespace syncwatch::http {
namespace {

namespace beast = boost::beast;

constexpr std::size_t kReadSize = 16 * 1024;

Method method_of(beast::http::verb verb) {
    switch (verb) {
        case beast::http::verb::get: return Method::Get;
        case beast::http::verb::head: return Method::Head;
        case beast::http::verb::post: return Method::Post;
        case beast::http::verb::put: return Method::Put;
        case beast::http::verb::patch: return Method::Patch;
        case beast::http::verb::delete_: return Method::Delete;
        case beast::http::verb::options: return Method::Options;
        default: return Method::Other;
    }
}

Instant from_now(std::chrono::seconds span) {
    return std::chrono::time_point_cast<std::chrono::microseconds>(
               std::chrono::steady_clock::now()) +
           span;
}

/// A coding that is not read here leaves the end of the body to guess, and a proxy in front may
/// guess differently.
bool is_framed_clearly(const beast::http::request_header<>& head) {
    const auto codings = head.equal_range(beast::http::field::transfer_encoding);
    if (codings.first == codings.second) return true;
    return std::next(codings.first) == codings.second &&
           beast::iequals(codings.first->value(), "chunked");
}

}  // namespace

struct RequestParser::State {
    Transport& transport;
    beast::flat_buffer buffer;
    beast::http::request_parser<beast::http::buffer_body> parser;

    /// Reads once more into the buffer. 0: the client closed.
    Async<std::size_t> fill_buffer(Instant deadline) {
        for (;;) {
            const auto room = buffer.prepare(kReadSize);
            const Moved moved =
                transport.stream().read_some({static_cast<char*>(room.data()), room.size()});
            if (moved.state == Moved::State::Done && moved.bytes > 0) {
                buffer.commit(moved.bytes);
                co_return moved.bytes;
            }
            if (moved.state == Moved::State::Closed) co_return std::size_t{0};
            SW_CO_CHECK(co_await transport.wait_for(moved.state, deadline));
        }
    }
};

RequestParser::RequestParser(Transport& transport, std::string leftover, std::size_t header_bytes)
    : state_(new State{transport, beast::flat_buffer(), {}}) {
    state_->parser.header_limit(static_cast<std::uint32_t>(header_bytes));
    state_->parser.body_limit(std::numeric_limits<std::uint64_t>::max());
    if (!leftover.empty()) {
        state_->buffer.commit(
            net::buffer_copy(state_->buffer.prepare(leftover.size()), net::buffer(leftover)));
    }
}

RequestParser::~RequestParser() = default;

Async<RequestParser::Head> RequestParser::read_head(Instant idle_deadline,
                                                    std::chrono::seconds head_time) {
    State& s = *state_;
    Instant deadline = s.buffer.size() > 0 ? from_now(head_time) : idle_deadline;
    for (;;) {
        if (s.buffer.size() > 0) {
            boost::system::error_code failed;
            s.buffer.consume(s.parser.put(s.buffer.data(), failed));
            if (s.parser.is_header_done()) co_return Head::Complete;
            if (failed == beast::http::error::header_limit) co_return Head::TooLarge;
            if (failed && failed != beast::http::error::need_more) co_return Head::Malformed;
        }
        const bool began = s.parser.got_some() || s.buffer.size() > 0;
        const auto got = co_await s.fill_buffer(deadline);
        if (!got) {
            if (!began) co_return Head::Nothing;
            co_return tl::unexpected<Error>(got.error());
        }
        if (*got == 0) co_return began ? Head::Malformed : Head::Nothing;
        if (!began) deadline = from_now(head_time);
    }
}

bool RequestParser::fill(Request& request) const {
    const auto& message = state_->parser.get();
    if (!is_framed_clearly(message)) return false;
    request.method = method_of(message.method());
    const std::string_view target(message.target().data(), message.target().size());
    const std::size_t mark = target.find('?');
    auto path = decode_percent(target.substr(0, mark), Plus::IsPlus);
    if (!path || !path->starts_with('/') || path->find('\0') != std::string::npos) return false;
    request.path = std::move(*path);
    if (mark != std::string_view::npos) request.query = target.substr(mark + 1);
    for (const auto& field : message) {
        request.fields.add({field.name_string().data(), field.name_string().size()},
                           {field.value().data(), field.value().size()});
    }
    return true;
}

bool RequestParser::keep_alive() const {
    return state_->parser.get().keep_alive();
}

bool RequestParser::expects_continue() const {
    const auto value = state_->parser.get()[beast::http::field::expect];
    return beast::iequals(value, "100-continue");
}

bool RequestParser::is_websocket_upgrade() const {
    const auto& message = state_->parser.get();
    return message.method() == beast::http::verb::get &&
           beast::http::token_list(message[beast::http::field::connection]).exists("upgrade") &&
           beast::http::token_list(message[beast::http::field::upgrade]).exists("websocket");
}

std::optional<std::uint64_t> RequestParser::content_length() const {
    const auto length = state_->parser.content_length();
    if (length) return *length;
    if (state_->parser.chunked()) return std::nullopt;
    return 0;
}

bool RequestParser::body_done() const {
    return state_->parser.is_done();
}

Async<std::size_t> RequestParser::read_body(std::span<char> buffer, std::chrono::seconds silence) {
    State& s = *state_;
    auto& body = s.parser.get().body();
    while (!s.parser.is_done()) {
        if (s.buffer.size() == 0) {
            SW_CO_TRY(const std::size_t got, co_await s.fill_buffer(from_now(silence)));
            if (got == 0) co_return fail(ErrorCode::Cancelled, "the client left mid-body");
        }
        body.data = buffer.data();
        body.size = buffer.size();
        boost::system::error_code failed;
        s.buffer.consume(s.parser.put(s.buffer.data(), failed));
        const std::size_t got = buffer.size() - body.size;
        if (failed && failed != beast::http::error::need_buffer &&
            failed != beast::http::error::need_more) {
            co_return fail(ErrorCode::InvalidInput, "broken body: " + failed.message());
        }
        if (got > 0) co_return got;
        // A chunk's head that is not whole yet stays in the buffer: more must come behind it.
        if (failed == beast::http::error::need_more && s.buffer.size() > 0) {
            SW_CO_TRY(const std::size_t more, co_await s.fill_buffer(from_now(silence)));
            if (more == 0) co_return fail(ErrorCode::Cancelled, "the client left mid-body");
        }
    }
    co_return std::size_t{0};
}

std::string RequestParser::take_leftover() {
    const auto data = state_->buffer.data();
    std::string rest(static_cast<const char*>(data.data()), data.size());
    state_->buffer.consume(data.size());
    return rest;
}

}  // namespace syncwatch::http
