#include "gateway/http/connection.h"

#include <exception>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/log/log.h"
#include "gateway/http/request_parser.h"
#include "gateway/http/response_writer.h"
#include "gateway/websocket/handshake.h"
#include "protocol/http/problem.h"
#include "protocol/http/trace_parent.h"

namespace syncwatch::http {
namespace {

using namespace std::chrono_literals;

/// A client that sends on and on is cut off in the end.
constexpr auto kLongestLinger = 15s;

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

/// A request that is part of a trace keeps the trace's name.
void join_trace(Request& request) {
    const auto said = request.fields.find("traceparent");
    const auto trace = said ? trace_of(*said) : std::nullopt;
    if (trace) request.request_id.replace(0, trace->size(), *trace);
}

/// The path as a log may show it: a token in it is a key to what it names.
std::string loggable_path(const Request& request) {
    std::string path = request.path;
    const std::string_view token = request.parameter("token");
    const std::size_t at = token.empty() ? std::string::npos : path.find(token);
    if (at != std::string::npos) path.replace(at, token.size(), "…");
    return path;
}

/// One client's connection: requests one after another, until somebody ends it.
class Connection : public std::enable_shared_from_this<Connection> {
public:
    Connection(std::shared_ptr<const ConnectionContext> context,
               std::unique_ptr<Transport> transport, std::string remote_address)
        : context_(std::move(context)),
          transport_(std::move(transport)),
          writer_(*transport_, context_->limits.body_silence),
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
        Instant begun{};         ///< When the head was there.
        net::steady_timer done;  ///< Cancelled when the response is there.
    };

    net::awaitable<bool> serve_one();
    net::awaitable<void> answer(Exchange& exchange, const Route& route);
    static net::awaitable<void> run_handler(std::shared_ptr<Exchange> exchange, const Route* route);
    Async<std::size_t> read_body(std::span<char> buffer);
    Async<> shake_hands();
    void note(const Exchange& exchange, const Route* route, int status) const;
    net::awaitable<bool> finish(const Exchange& exchange, const Route* route, Response response,
                                bool keep_alive);
    net::awaitable<bool> refuse(const Exchange& exchange, const Route* route, Response response);
    std::optional<Response> refuse_upgrade(const Request& request) const;
    net::awaitable<bool> drain_body();
    bool client_is_still_sending() const;
    net::awaitable<void> linger();
    net::awaitable<void> hand_over(Exchange& exchange);
    std::variant<const Route*, Response> route(Request& request) const;

    std::shared_ptr<const ConnectionContext> context_;
    std::unique_ptr<Transport> transport_;
    ResponseWriter writer_;
    std::string remote_address_;
    std::unique_ptr<RequestParser> parser_;
    std::string leftover_;
    bool body_asked_ = false;  ///< 100 Continue was sent, or was not wanted.
    bool lingers_ = false;     ///< The last answer went out before its request was all there.
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
            SW_CO_CHECK(co_await writer_.write("HTTP/1.1 100 Continue\r\n\r\n"));
        }
    }
    co_return co_await parser_->read_body(buffer, context_->limits.body_silence);
}

Async<> Connection::shake_hands() {
    const Instant deadline = from_now(context_->limits.header);
    for (;;) {
        const Moved moved = transport_->stream().handshake();
        if (moved.state == Moved::State::Done) co_return Result<>{};
        SW_CO_CHECK(co_await transport_->wait_for(moved.state, deadline));
    }
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
    if (const Route* fallback = context_->router.fallback()) return fallback;
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
        log::error("http.fault", {{"path", loggable_path(exchange->request)}, {"what", fault}});
        exchange->response = problem_response(500, exchange->request);
    }
    exchange->done.cancel();
}

/// Waits for the handler, or answers for it when it takes too long.
net::awaitable<void> Connection::answer(Exchange& exchange, const Route& route) {
    const auto deadline = route.options.deadline;
    exchange.done.expires_at(deadline.count() == 0
                                 ? net::steady_timer::time_point::max()
                                 : net::steady_timer::clock_type::now() + deadline);
    if (!exchange.response && !exchange.upgrade) {
        co_await exchange.done.async_wait(net::as_tuple(net::use_awaitable));
    }
    if (!exchange.response && !exchange.upgrade) {
        const log::Context context(exchange.request.request_id);
        log::warning("http.deadline", {{"path", loggable_path(exchange.request)}});
    }
}

net::awaitable<bool> Connection::drain_body() {
    if (!client_is_still_sending()) co_return parser_->body_done();
    std::string waste(8 * 1024, '\0');
    std::size_t drained = 0;
    while (!parser_->body_done() && drained <= context_->limits.drained_body) {
        const auto got = co_await parser_->read_body(waste, 2s);
        if (!got) co_return false;
        drained += *got;
    }
    co_return parser_->body_done();
}

/// A body that nobody asked for, announced with 100-continue, is not being sent.
bool Connection::client_is_still_sending() const {
    return !parser_->body_done() && (body_asked_ || !parser_->expects_continue());
}

/// Reads away what the client is still sending: a socket that is closed with unread bytes in it is
/// reset, and the reset may overtake the answer.
net::awaitable<void> Connection::linger() {
    std::string waste(64 * 1024, '\0');
    const Instant end = from_now(kLongestLinger);
    for (bool more = true; more && !parser_->body_done() && from_now(0ms) < end;) {
        more = (co_await parser_->read_body(waste, 2s)).has_value();
    }
}

net::awaitable<void> Connection::hand_over(Exchange& exchange) {
    const auto key = exchange.request.fields.find("Sec-WebSocket-Key");
    const std::string head =
        websocket::accept_response(key.value_or(""), exchange.upgrade->protocol);
    const auto written = co_await writer_.write(head);
    if (!written) co_return;
    handed_over_ = true;
    auto released = transport_->release();
    context_->hand_over(std::move(*exchange.upgrade), std::move(released),
                        parser_->take_leftover());
}

void Connection::note(const Exchange& exchange, const Route* route, int status) const {
    RequestRecord record;
    record.route = route;
    record.method = exchange.request.method;
    record.status = status;
    record.took = from_now(0ms) - exchange.begun;
    if (context_->on_answered) context_->on_answered(record);
    const log::Context context(exchange.request.request_id);
    log::debug("http.request", {{"method", name(record.method)},
                                {"path", loggable_path(exchange.request)},
                                {"status", record.status},
                                {"took_us", record.took.count()}});
}

/// Writes the answer and keeps the books. True: the connection goes on.
net::awaitable<bool> Connection::finish(const Exchange& exchange, const Route* route,
                                        Response response, bool keep_alive) {
    note(exchange, route, response.status);
    const auto sent = co_await writer_.write(std::move(response), exchange.request, keep_alive);
    if (keep_alive) leftover_ = parser_->take_leftover();
    lingers_ = lingers_ && sent;
    co_return sent&& keep_alive;
}

/// An answer before the body was looked at.
net::awaitable<bool> Connection::refuse(const Exchange& exchange, const Route* route,
                                        Response response) {
    const bool clean = co_await drain_body();
    lingers_ = client_is_still_sending();
    co_return co_await finish(exchange, route, std::move(response), clean && parser_->keep_alive());
}

/// What a WebSocket route says to a request that is no proper handshake.
std::optional<Response> Connection::refuse_upgrade(const Request& request) const {
    if (parser_->is_websocket_upgrade() &&
        websocket::is_proper_handshake(request.fields.find("Sec-WebSocket-Key").value_or(""),
                                       request.fields.find("Sec-WebSocket-Version").value_or(""))) {
        return std::nullopt;
    }
    Response response = problem_response(426, request);
    response.fields.add("Upgrade", "websocket");
    response.fields.add("Sec-WebSocket-Version", "13");
    return response;
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
    request.tls = transport_->stream().is_tls();
    request.request_id = context_->make_request_id();

    const auto head =
        co_await parser_->read_head(from_now(context_->limits.idle), context_->limits.header);
    if (!head || *head == RequestParser::Head::Nothing) co_return false;
    exchange->begun = from_now(0ms);
    if (*head != RequestParser::Head::Complete || !parser_->fill(request)) {
        const int status = *head == RequestParser::Head::TooLarge ? 431 : 400;
        co_return co_await finish(*exchange, nullptr, problem_response(status, request), false);
    }
    context_->resolve_client(request);
    join_trace(request);

    auto routed = route(request);
    if (auto* refused = std::get_if<Response>(&routed)) {
        co_return co_await refuse(*exchange, nullptr, std::move(*refused));
    }
    const Route& chosen = *std::get<const Route*>(routed);
    if (context_->admit) {
        auto refused = context_->admit(request, chosen);
        if (refused) co_return co_await refuse(*exchange, &chosen, std::move(*refused));
    }
    if (chosen.upgrade) {
        auto refused = refuse_upgrade(request);
        if (refused) co_return co_await finish(*exchange, &chosen, std::move(*refused), false);
    }
    context_->spawn(request.request_id, run_handler(exchange, &chosen));
    co_await answer(*exchange, chosen);
    if (exchange->upgrade) {
        note(*exchange, &chosen, 101);
        co_await hand_over(*exchange);
        co_return false;
    }
    const bool in_time = exchange->response.has_value();
    Response response = in_time ? std::move(*exchange->response) : problem_response(503, request);
    bool keep = in_time && parser_->keep_alive() && !context_->draining.load();
    if (in_time && keep) keep = co_await drain_body();
    // A handler that was too slow may be reading the body still.
    lingers_ = in_time && client_is_still_sending();
    co_return co_await finish(*exchange, &chosen, std::move(response), keep);
}

net::awaitable<void> Connection::run() {
    // A cancelled connection ends at its next wait, by its transport being closed.
    co_await net::this_coro::throw_if_cancelled(false);
    const auto shaken = co_await shake_hands();
    for (bool more = shaken.has_value(); more && !context_->draining.load();) {
        more = co_await serve_one();
    }
    if (lingers_ && !context_->draining.load()) co_await linger();
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
