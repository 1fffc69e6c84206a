#include "adapters/redis/connection.h"

#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>

#include "adapters/redis/tls_stream.h"
#include "base/async/resumption.h"

namespace syncwatch::redis {
namespace {

using namespace std::chrono_literals;

constexpr auto kUseTuple = net::as_tuple(net::use_awaitable);
constexpr std::size_t kReadAtOnce = 65'536;

}  // namespace

struct Connection::Tls {
    Tls(net::ip::tcp::socket& socket, net::ssl::context& context) : stream(socket, context) {}
    net::ssl::stream<net::ip::tcp::socket&> stream;
};

Connection::Connection(net::any_io_executor executor, Options options)
    : options_(std::move(options)),
      executor_(std::move(executor)),
      resolver_(executor_),
      socket_(executor_),
      deadline_(executor_),
      end_(executor_, net::steady_timer::time_point::max()),
      reader_(ReplyReader::Limits{.max_bytes = options_.max_reply}),
      received_(kReadAtOnce, '\0') {}

Connection::~Connection() = default;

tl::unexpected<Error> Connection::broken() const {
    return fail_unavailable("bus", why_.empty() ? "not connected" : why_, 1s);
}

Async<> Connection::open(Endpoint endpoint) {
    ClosedAtEnd unless_open(shared_from_this());
    const std::string at = endpoint.text();
    auto opened = co_await connect(endpoint);
    if (opened) opened = co_await greet();
    if (!opened) {
        close(opened.error().message);
        co_return fail(std::move(opened).error().within(at));
    }
    unless_open.connection.reset();
    co_return Result<>();
}

Async<> Connection::connect(const Endpoint& endpoint) {
    deadline_.expires_after(options_.connect_within);
    deadline_.async_wait([self = shared_from_this()](boost::system::error_code cancelled) {
        if (!cancelled) self->close("it does not take the connection in time");
    });
    const std::string port = std::to_string(endpoint.port);
    const auto [unknown, found] = co_await resolver_.async_resolve(endpoint.host, port, kUseTuple);
    if (unknown && !closed_) close(unknown.message());
    if (closed_) co_return broken();
    const auto [failed, peer] = co_await net::async_connect(socket_, found, kUseTuple);
    if (failed && !closed_) close(failed.message());
    if (closed_) co_return broken();
    boost::system::error_code ignored;
    socket_.set_option(net::ip::tcp::no_delay(true), ignored);
    if (options_.trust) SW_CO_CHECK(co_await shake_hands(endpoint));
    deadline_.cancel();
    read();
    co_return Result<>();
}

Async<> Connection::shake_hands(const Endpoint& endpoint) {
    tls_ = std::make_unique<Tls>(socket_, *options_.trust);
    auto& stream = tls_->stream;
    const auto why = std::make_shared<std::string>();
    expect_host(stream, endpoint.host, why);
    const auto [failed] = co_await stream.async_handshake(net::ssl::stream_base::client, kUseTuple);
    if (failed && !closed_) close("TLS: " + (why->empty() ? failed.message() : *why));
    if (closed_) co_return broken();
    co_return Result<>();
}

Async<> Connection::greet() {
    Words hello{"HELLO", "3"};
    if (!options_.password.empty()) {
        const std::string user = options_.user.empty() ? "default" : options_.user;
        hello.insert(hello.end(), {"AUTH", user, options_.password});
    }
    hello.insert(hello.end(), {"SETNAME", options_.name});
    auto greeted = co_await ask(std::move(hello));
    if (!greeted) {
        const std::string& what = greeted.error().message;
        const bool ours = what.starts_with("WRONGPASS") || what.starts_with("NOAUTH");
        if (ours) co_return fail(ErrorCode::Forbidden, what);
        co_return fail(std::move(greeted).error());
    }
    if (options_.database != 0) {
        Words select{"SELECT", std::to_string(options_.database)};
        SW_CO_CHECK(co_await ask(std::move(select)));
    }
    co_return Result<>();
}

void Connection::command(const Words& words, Answer answer) {
    if (closed_) {
        auto refuse = [answer = std::move(answer), error = broken()] { answer(error); };
        net::post(executor_, std::move(refuse));
        return;
    }
    waiting_.push_back(
        {std::move(answer), std::chrono::steady_clock::now() + options_.answer_within});
    if (waiting_.size() == 1) watch();
    tell(words);
}

void Connection::tell(const Words& words) {
    if (closed_) return;
    out_ += encode_command(words);
    if (writing_.empty()) write();
}

Async<Reply> Connection::ask(Words words) {
    auto start = [](auto handler, Connection* connection, Words what) {
        using Handler = decltype(handler);
        // std::function copies what it holds.
        auto waiting = std::make_shared<Resumption<Handler>>(std::move(handler));
        connection->command(what,
                            [waiting](Result<Reply> reply) { waiting->resume(std::move(reply)); });
    };
    Result<Reply> reply =
        co_await net::async_initiate<const net::use_awaitable_t<>, void(Result<Reply>)>(
            std::move(start), net::use_awaitable, this, std::move(words));
    if (reply && reply->is_error()) co_return fail_unavailable("bus", reply->text, 1s);
    co_return reply;
}

void Connection::read() {
    auto more = [self = shared_from_this()](boost::system::error_code failed, std::size_t bytes) {
        if (failed) return self->close("the server ended the connection");
        self->reader_.feed(std::string_view(self->received_).substr(0, bytes));
        self->take_replies();
        if (!self->closed_) self->read();
    };
    const auto into = net::buffer(received_);
    if (tls_) return tls_->stream.async_read_some(into, std::move(more));
    socket_.async_read_some(into, std::move(more));
}

void Connection::take_replies() {
    while (!closed_) {
        auto next = reader_.next();
        if (!next) return close("the server does not speak as Redis: " + next.error().message);
        if (!*next) return;
        Reply& reply = **next;
        if (reply.kind == Reply::Kind::Push) {
            if (push_) push_(reply);
            continue;
        }
        if (waiting_.empty()) return close("the server answered what nobody asked");
        const Answer answer = std::move(waiting_.front().answer);
        waiting_.pop_front();
        watch();
        answer(std::move(reply));
    }
}

void Connection::write() {
    std::swap(writing_, out_);
    auto written = [self = shared_from_this()](boost::system::error_code failed, std::size_t) {
        self->writing_.clear();
        if (failed) return self->close("the connection broke: " + failed.message());
        if (!self->out_.empty()) self->write();
    };
    const auto from = net::buffer(writing_);
    if (tls_) return net::async_write(tls_->stream, from, std::move(written));
    net::async_write(socket_, from, std::move(written));
}

void Connection::watch() {
    deadline_.cancel();
    if (waiting_.empty()) return;
    deadline_.expires_at(waiting_.front().until);
    deadline_.async_wait([self = shared_from_this()](boost::system::error_code cancelled) {
        if (!cancelled) self->close("the server does not answer in time");
    });
}

void Connection::close(const std::string& why) {
    if (closed_) return;
    closed_ = true;
    why_ = why;
    boost::system::error_code ignored;
    socket_.close(ignored);
    resolver_.cancel();
    deadline_.cancel();
    end_.cancel();
    for (Waiting& each : std::exchange(waiting_, {})) each.answer(broken());
}

net::awaitable<std::string> Connection::ended() {
    const auto self = shared_from_this();
    if (!closed_) co_await end_.async_wait(kUseTuple);
    co_return why_;
}

}  // namespace syncwatch::redis
