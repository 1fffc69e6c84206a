#include "gateway/http/connection.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <limits>

#include "base/log/log.h"
#include "gateway/http/request_parser.h"
#include "gateway/http/response_head.h"
#include "gateway/websocket/handshake.h"
#include "protocol/http/problem.h"

namespace syncwatch::http {
namespace {

using namespace std::chrono_literals;

Instant from_now(std::chrono::milliseconds span) {
    return std::chrono::time_point_cast<std::chrono::microseconds>(
               std::chrono::steady_clock::now()) +
           span;
}

Response problem_response(int status, const Request& request) {
    const Problem problem = problem_of_status(status);
    Response response;
    response.status = status;
    response.fields.add("Content-Type", std::string(kProblemType));
    response.fields.add("Cache-Control", "no-store");
    if (problem.retry_after.count() > 0) {
        response.fields.add("Retry-After", std::to_string(problem.retry_after.count()));
    }
    response.body = problem_json(problem, request.request_id);
    return response;
}

/// One client's connection: requests one after another, until somebody ends it.
class Connection : public std::enable_shared_from_this<Connection> {
public:
    Connection(std::shared_ptr<const ConnectionContext> context,
               std::unique_ptr<Transport> transport, std::string remote_address)
        : context_(std::move(context)),
          transport_(std::move(transport)),
          remote_address_(std::move(remote_address)) {}

    net::awaitable<void> run();

private:
    /// One request under way: lives as long as its handler, also past the client's patience.
    struct Exchange : BodyReader {
        explicit Exchange(std::shared_ptr<Connection> owner, net::any_io_executor executor)
            : connection(std::move(owner)), done(std::move(executor)) {}

        std::optional<std::uint64_t> announced() const override {
            return connection->parser_->content_length();
        }
        Async<std::size_t> read_some(std::span<char> buffer) override {
            return connection->read_body(buffer);
        }
        Async<std::string> read_all(std::size_t limit) override;

        std::shared_ptr<Connection> connection;
        Request request;
        std::optional<Response> response;
        std::optional<Upgrade> upgrade;
        net::steady_timer done;  ///< Cancelled when the response is there.
    };

    net::awaitable<bool> serve_one();
    net::awaitable<void> answer(Exchange& exchange, const Route& route);
    static net::awaitable<void> run_handler(std::shared_ptr<Exchange> exchange, const Route* route);
    Async<std::size_t> read_body(std::span<char> buffer);
    Async<> write(std::string_view bytes, bool more);
    Async<> write_file(const FileBody& file);
    Async<> write_response(Response response, const Request& request, bool keep_alive);
    net::awaitable<bool> drain_body();
    net::awaitable<void> hand_over(Exchange& exchange);
    std::variant<const Route*, Response> route(Request& request) const;

    std::shared_ptr<const ConnectionContext> context_;
    std::unique_ptr<Transport> transport_;
    std::string remote_address_;
    std::unique_ptr<RequestParser> parser_;
    std::string leftover_;
    bool body_asked_ = false;    ///< 100 Continue was sent, or was not wanted.
    bool handed_over_ = false;
};

Async<std::string> Connection::Exchange::read_all(std::size_t limit) {
    const auto length = announced();
    if (length && *length > limit) co_return fail(ErrorCode::TooLarge, "the body is too large");
    std::string whole;
    std::string piece(16 * 1024, '\0');
    for (;;) {
        SW_CO_TRY(const std::size_t got, co_await read_some(piece));
        if (got == 0) co_return whole;
        if (whole.size() + got > limit) {
            co_return fail(ErrorCode::TooLarge, "the body is too large");
        }
        whole.append(piece, 0, got);
    }
}

Async<std::size_t> Connection::read_body(std::span<char> buffer) {
    if (!body_asked_) {
        body_asked_ = true;
        if (parser_->expects_continue() && !parser_->body_done()) {
            SW_CO_CHECK(co_await write("HTTP/1.1 100 Continue\r\n\r\n", false));
        }
    }
    co_return co_await parser_->read_body(buffer, context_->limits.body_silence);
}

Async<> Connection::write(std::string_view bytes, bool more) {
    while (!bytes.empty()) {
        const Moved moved = transport_->write_some({bytes.data(), bytes.size()}, more);
        if (moved.state == Moved::State::Closed) co_return fail(ErrorCode::Cancelled, "left");
        bytes.remove_prefix(moved.bytes);
        const Instant deadline = from_now(context_->limits.body_silence);
        if (moved.state == Moved::State::WantWrite) {
            SW_CO_CHECK(co_await transport_->wait_writable(deadline));
        } else if (moved.state == Moved::State::WantRead) {
            SW_CO_CHECK(co_await transport_->wait_readable(deadline));
        }
    }
    co_return Result<>{};
}

Async<> Connection::write_file(const FileBody& file) {
    std::uint64_t sent = 0;
    const auto executor = co_await net::this_coro::executor;
    while (sent < file.size) {
        const Moved moved = transport_->send_file(
            file.fd.get(), file.offset + sent,
            static_cast<std::size_t>(std::min<std::uint64_t>(
                file.size - sent, std::numeric_limits<std::size_t>::max())));
        if (moved.state == Moved::State::Closed) co_return fail(ErrorCode::Cancelled, "left");
        sent += moved.bytes;
        const Instant deadline = from_now(context_->limits.body_silence);
        if (moved.state == Moved::State::WantWrite) {
            SW_CO_CHECK(co_await transport_->wait_writable(deadline));
        } else if (moved.state == Moved::State::WantRead) {
            SW_CO_CHECK(co_await transport_->wait_readable(deadline));
        } else if (sent < file.size) {
            // Others on this thread have their turn between two pieces.
            co_await net::post(executor, net::as_tuple(net::use_awaitable));
        }
    }
    co_return Result<>{};
}

Async<> Connection::write_response(Response response, const Request& request, bool keep_alive) {
    HeadOptions options;
    options.keep_alive = keep_alive;
    options.tls = request.tls;
    options.request_id = request.request_id;
    std::string head = response_head(response, options);
    const bool with_body = request.method != Method::Head && body_size(response) > 0;
    if (!with_body) co_return co_await write(head, false);
    if (const auto* text = std::get_if<std::string>(&response.body)) {
        head += *text;
        co_return co_await write(head, false);
    }
    SW_CO_CHECK(co_await write(head, true));
    if (const auto* shared = std::get_if<std::shared_ptr<const std::string>>(&response.body)) {
        co_return co_await write(**shared, false);
    }
    co_return co_await write_file(std::get<FileBody>(response.body));
}

std::variant<const Route*, Response> Connection::route(Request& request) const {
    auto found = context_->router.find(request.method, request.path);
    if (auto* hit = std::get_if<Router::Found>(&found)) {
        request.parameters = std::move(hit->parameters);
        return hit->route;
    }
    if (const auto* wrong = std::get_if<Router::WrongMethod>(&found)) {
        Response response = problem_response(405, request);
        response.fields.add("Allow", wrong->allow);
        return response;
    }
    return problem_response(404, request);
}

net::awaitable<void> Connection::run_handler(std::shared_ptr<Exchange> exchange,
                                             const Route* route) {
    std::string fault;
    try {
        if (route->upgrade) {
            auto decided = co_await route->upgrade(exchange->request);
            if (auto* refusal = std::get_if<Response>(&decided)) {
                exchange->response = std::move(*refusal);
            } else {
                exchange->upgrade = std::move(std::get<Upgrade>(decided));
            }
        } else {
            exchange->response = co_await route->handler(exchange->request);
        }
    } catch (const std::exception& error) {
        fault = error.what();
    }
    if (!exchange->response && !exchange->upgrade) {
        log::error("http.fault", {{"request_id", exchange->request.request_id},
                                  {"path", exchange->request.path},
                                  {"what", fault}});
        exchange->response = problem_response(500, exchange->request);
    }
    exchange->done.cancel();
}

/// Waits for the handler, or answers for it when it takes too long.
net::awaitable<void> Connection::answer(Exchange& exchange, const Route& route) {
    const auto deadline = route.options.deadline;
    exchange.done.expires_at(deadline.count() == 0 ? net::steady_timer::time_point::max()
                                                   : net::steady_timer::clock_type::now() + deadline);
    if (!exchange.response && !exchange.upgrade) {
        co_await exchange.done.async_wait(net::as_tuple(net::use_awaitable));
    }
    if (!exchange.response && !exchange.upgrade) {
        log::warning("http.deadline", {{"request_id", exchange.request.request_id},
                                       {"path", exchange.request.path}});
    }
}

net::awaitable<bool> Connection::drain_body() {
    // A body that nobody asked for, announced with 100-continue, was never sent.
    if (!parser_->body_done() && !body_asked_ && parser_->expects_continue()) co_return false;
    std::string waste(8 * 1024, '\0');
    std::size_t drained = 0;
    while (!parser_->body_done() && drained <= context_->limits.drained_body) {
        const auto got = co_await parser_->read_body(waste, 2s);
        if (!got) co_return false;
        drained += *got;
    }
    co_return parser_->body_done();
}

net::awaitable<void> Connection::hand_over(Exchange& exchange) {
    const auto key = exchange.request.fields.find("Sec-WebSocket-Key");
    const std::string head =
        websocket::accept_response(key.value_or(""), exchange.upgrade->protocol);
    const auto written = co_await write(head, false);
    if (!written) co_return;
    handed_over_ = true;
    context_->hand_over(std::move(*exchange.upgrade), transport_->release(),
                        parser_->take_leftover());
}

net::awaitable<bool> Connection::serve_one() {
    parser_ = std::make_unique<RequestParser>(*transport_, std::move(leftover_),
                                              context_->limits.header_bytes);
    body_asked_ = false;
    auto executor = co_await net::this_coro::executor;
    auto exchange = std::make_shared<Exchange>(shared_from_this(), executor);
    Request& request = exchange->request;
    request.body = exchange.get();
    request.remote_address = remote_address_;
    request.tls = context_->tls;
    request.request_id = context_->make_request_id();

    const auto head = co_await parser_->read_head(from_now(context_->limits.idle),
                                                  context_->limits.header);
    if (!head || *head == RequestParser::Head::Nothing) co_return false;
    if (*head != RequestParser::Head::Complete || !parser_->fill(request)) {
        const int status = *head == RequestParser::Head::TooLarge ? 431 : 400;
        (void)co_await write_response(problem_response(status, request), request, false);
        co_return false;
    }
    context_->resolve_client(request);

    auto routed = route(request);
    if (auto* refused = std::get_if<Response>(&routed)) {
        const bool clean = co_await drain_body();
        const auto sent = co_await write_response(std::move(*refused), request,
                                                  clean && parser_->keep_alive());
        leftover_ = parser_->take_leftover();
        co_return sent && clean && parser_->keep_alive();
    }
    const Route& chosen = *std::get<const Route*>(routed);
    if (chosen.upgrade) {
        const bool proper = parser_->is_websocket_upgrade() &&
                            websocket::is_proper_handshake(
                                 request.fields.find("Sec-WebSocket-Key").value_or(""),
                                 request.fields.find("Sec-WebSocket-Version").value_or(""));
        if (!proper) {
            Response response = problem_response(426, request);
            response.fields.add("Upgrade", "websocket");
            response.fields.add("Sec-WebSocket-Version", "13");
            (void)co_await write_response(std::move(response), request, false);
            co_return false;
        }
    }
    context_->spawn(run_handler(exchange, &chosen));
    co_await answer(*exchange, chosen);
    if (exchange->upgrade) {
        co_await hand_over(*exchange);
        co_return false;
    }
    const bool in_time = exchange->response.has_value();
    Response response =
        in_time ? std::move(*exchange->response) : problem_response(503, request);
    bool keep = in_time && parser_->keep_alive() && !context_->draining.load();
    if (in_time && keep) keep = co_await drain_body();
    log::debug("http.request", {{"request_id", request.request_id},
                                {"method", name(request.method)},
                                {"path", request.path},
                                {"status", response.status}});
    const auto sent = co_await write_response(std::move(response), request, keep);
    leftover_ = parser_->take_leftover();
    co_return sent && keep;
}

net::awaitable<void> Connection::run() {
    // A cancelled connection ends at its next wait, by its transport being closed.
    co_await net::this_coro::throw_if_cancelled(false);
    for (bool more = true; more && !context_->draining.load();) {
        more = co_await serve_one();
    }
    if (!handed_over_) transport_->close();
}

}  // namespace

net::awaitable<void> serve_connection(std::shared_ptr<const ConnectionContext> context,
                                      std::unique_ptr<Transport> transport,
                                      std::string remote_address) {
    auto connection = std::make_shared<Connection>(std::move(context), std::move(transport),
                                                   std::move(remote_address));
    co_await connection->run();
}

}  // namespace syncwatch::http
