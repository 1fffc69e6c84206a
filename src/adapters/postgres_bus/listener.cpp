#include "adapters/postgres_bus/listener.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/assert.h"

namespace syncwatch::postgres {
namespace {

using namespace std::chrono_literals;

std::vector<std::string> split(const std::string& text) {
    std::vector<std::string> parts(1);
    for (const char each : text) {
        if (each == ',') {
            parts.emplace_back();
        } else {
            parts.back().push_back(each);
        }
    }
    return parts;
}

/// One host's part of a list: the last stands for all that follow.
const std::string& part(const std::vector<std::string>& parts, std::size_t index) {
    return parts[std::min(index, parts.size() - 1)];
}

std::string one_line(const char* message) {
    std::string text = message == nullptr ? "" : message;
    std::ranges::replace(text, '\n', ' ');
    while (text.ends_with(' ')) text.pop_back();
    return text;
}

}  // namespace

Waker::Waker() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    SW_ASSERT(fd_ >= 0);
}

Waker::~Waker() {
    ::close(fd_);
}

void Waker::wake() const {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(fd_, &one, sizeof(one));
}

Waker::Event Waker::wait(int socket, bool write, Deadline until) const {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    const short events = write ? POLLIN | POLLOUT : POLLIN;
    // A negative descriptor is passed by.
    pollfd watched[] = {{socket, events, 0}, {fd_, POLLIN, 0}};
    const int ready = ::poll(watched, 2, static_cast<int>(std::max(left, 0ms).count()));
    if (ready < 0) return errno == EINTR ? Event::Woken : Event::TimeIsUp;
    if (watched[1].revents != 0) {
        std::uint64_t count = 0;
        [[maybe_unused]] const auto got = ::read(fd_, &count, sizeof(count));
    }
    if (watched[0].revents != 0) return Event::Socket;
    return ready == 0 ? Event::TimeIsUp : Event::Woken;
}

Result<std::vector<Server>> parse_servers(const std::string& url) {
    char* why = nullptr;
    const std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)> options(
        PQconninfoParse(url.c_str(), &why), PQconninfoFree);
    if (!options) {
        // What libpq says of it may hold the password.
        PQfreemem(why);
        return fail(ErrorCode::InvalidInput, "the URL of PostgreSQL cannot be read");
    }
    Server shared;
    std::vector<std::string> hosts{""};
    std::vector<std::string> addresses{""};
    std::vector<std::string> ports{"5432"};
    for (const PQconninfoOption* each = options.get(); each->keyword != nullptr; ++each) {
        if (each->val == nullptr) continue;
        const std::string key = each->keyword;
        if (key == "host") {
            hosts = split(each->val);
        } else if (key == "hostaddr") {
            addresses = split(each->val);
        } else if (key == "port") {
            ports = split(each->val);
        } else {
            shared.parameters.emplace_back(key, each->val);
        }
    }
    std::vector<Server> servers;
    for (std::size_t i = 0; i < std::max(hosts.size(), addresses.size()); ++i) {
        Server server = shared;
        const std::string& host = part(hosts, i);
        const std::string& address = part(addresses, i);
        if (!host.empty()) server.parameters.emplace_back("host", host);
        if (!address.empty()) server.parameters.emplace_back("hostaddr", address);
        server.parameters.emplace_back("port", part(ports, i));
        server.at = fmt::format("{}:{}", host.empty() ? address : host, part(ports, i));
        servers.push_back(std::move(server));
    }
    return servers;
}

Result<std::unique_ptr<Listener>> Listener::open(const Server& server, const std::string& channel,
                                                 const Waker& waker, Waker::Deadline until) {
    // Later ones win over earlier ones.
    std::vector<const char*> keys{"application_name", "target_session_attrs"};
    std::vector<const char*> values{"syncwatch bus", "read-write"};
    for (const auto& [key, value] : server.parameters) {
        keys.push_back(key.c_str());
        values.push_back(value.c_str());
    }
    keys.push_back(nullptr);
    values.push_back(nullptr);
    std::unique_ptr<Listener> listener(
        new Listener(PQconnectStartParams(keys.data(), values.data(), 0), channel));
    SW_TRY(const bool connected, listener->connect(waker, until));
    if (!connected) return nullptr;
    // A notice need not survive a crash: its commit waits for no disk and no standby.
    SW_TRY(const bool listening,
           listener->run(fmt::format("SET synchronous_commit = off; LISTEN {}", channel), waker,
                         until));
    if (!listening) return nullptr;
    return listener;
}

tl::unexpected<Error> Listener::broken() const {
    return fail_unavailable("bus", one_line(PQerrorMessage(connection_.get())), 1s);
}

Result<bool> Listener::connect(const Waker& waker, Waker::Deadline until) {
    if (!connection_ || PQstatus(connection_.get()) == CONNECTION_BAD) return broken();
    // It would write to stderr by itself; what is an error comes back to us as one.
    PQsetNoticeProcessor(
        connection_.get(), [](void*, const char*) {}, nullptr);
    for (PostgresPollingStatusType next = PGRES_POLLING_WRITING; next != PGRES_POLLING_OK;
         next = PQconnectPoll(connection_.get())) {
        if (next == PGRES_POLLING_FAILED) return broken();
        switch (waker.wait(socket(), next == PGRES_POLLING_WRITING, until)) {
            case Waker::Event::Socket: break;
            case Waker::Event::Woken: return false;
            case Waker::Event::TimeIsUp:
                return fail_unavailable("bus", "PostgreSQL does not answer in time", 1s);
        }
    }
    if (PQsetnonblocking(connection_.get(), 1) != 0) return broken();
    return true;
}

Result<bool> Listener::run(const std::string& sql, const Waker& waker, Waker::Deadline until) {
    SW_CHECK(start(sql));
    while (busy_) {
        switch (waker.wait(socket(), writing_, until)) {
            case Waker::Event::Socket: break;
            case Waker::Event::Woken: return false;
            case Waker::Event::TimeIsUp:
                return fail_unavailable("bus", "PostgreSQL does not answer in time", 1s);
        }
        // What is heard already is somebody's message, but none to us yet.
        SW_CHECK(receive());
    }
    return true;
}

Result<> Listener::send(const std::vector<std::string>& payloads) {
    // Several statements in one query are one transaction: one commit for all of them.
    std::string sql;
    for (const std::string& each : payloads) {
        sql += fmt::format("NOTIFY {}, '{}';", channel_, each);
    }
    return start(sql);
}

Result<> Listener::start(const std::string& sql) {
    SW_ASSERT(!busy_);
    if (PQsendQuery(connection_.get(), sql.c_str()) != 1) return broken();
    busy_ = true;
    return flush();
}

Result<> Listener::flush() {
    const int left = PQflush(connection_.get());
    if (left < 0) return broken();
    writing_ = left > 0;
    return {};
}

Result<std::vector<std::string>> Listener::receive() {
    if (PQconsumeInput(connection_.get()) != 1) return broken();
    SW_CHECK(flush());
    SW_CHECK(take_results());
    std::vector<std::string> heard;
    while (PGnotify* notice = PQnotifies(connection_.get())) {
        heard.emplace_back(notice->extra);
        PQfreemem(notice);
    }
    return heard;
}

Result<> Listener::take_results() {
    while (busy_ && PQisBusy(connection_.get()) == 0) {
        const std::unique_ptr<PGresult, void (*)(PGresult*)> result(PQgetResult(connection_.get()),
                                                                    PQclear);
        if (!result) {
            busy_ = false;
            break;
        }
        if (PQresultStatus(result.get()) != PGRES_COMMAND_OK) return broken();
    }
    return {};
}

}  // namespace syncwatch::postgres
