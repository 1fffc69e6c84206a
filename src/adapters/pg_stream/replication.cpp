#include "adapters/pg_stream/replication.h"

#include <charconv>

#include <fmt/format.h>
#include <poll.h>

namespace syncwatch::pg_stream {
namespace {

/// What one receive() gives at most: more comes with the next.
constexpr std::size_t kMostAtOnce = std::size_t{1} << 20;
/// Seconds that an answer to a command is waited for.
constexpr int kMostSilent = 30;

/// Microseconds since 2000, as the protocol has them: nobody looks at ours.
constexpr std::int64_t kNoTime = 0;

template <class Number>
void put_number(std::string& out, Number value) {
    for (int shift = 8 * (static_cast<int>(sizeof(Number)) - 1); shift >= 0; shift -= 8) {
        out += static_cast<char>(static_cast<std::uint64_t>(value) >> shift & 0xFFu);
    }
}

std::uint64_t get_number(std::string_view bytes) {
    std::uint64_t value = 0;
    for (const char each : bytes) value = value << 8 | static_cast<unsigned char>(each);
    return value;
}

std::string value_in(const PGresult* answer, int column) {
    if (PQntuples(answer) < 1 || PQgetisnull(answer, 0, column) != 0) return {};
    return PQgetvalue(answer, 0, column);
}

std::uint32_t count_in(const std::string& text) {
    std::uint32_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

bool is_plain(const std::string& name) {
    return !name.empty() && name.size() < 64 &&
           name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos;
}

}  // namespace

Result<std::unique_ptr<Replication>> Replication::open(const Access& access) {
    SW_TRY(Connection connection, connect(access, Speaks::Replication));
    return std::unique_ptr<Replication>(new Replication(std::move(connection)));
}

tl::unexpected<Error> Replication::failed(const PGresult* answer) const {
    const char* const state =
        answer == nullptr ? nullptr : PQresultErrorField(answer, PG_DIAG_SQLSTATE);
    std::string words = answer == nullptr ? "" : PQresultErrorMessage(answer);
    if (words.empty()) words = PQerrorMessage(connection_.get());
    if (words.empty()) words = "it ended the connection";
    return fail(error_of(std::move(words), state == nullptr ? "" : state));
}

/// The next answer to a command; nullptr: there is none any more. PQgetResult alone would wait for
/// a server that hangs.
Result<Answer> Replication::next_answer() {
    int silent = 0;
    while (PQisBusy(connection_.get()) != 0) {
        pollfd socket{PQsocket(connection_.get()), POLLIN, 0};
        (void)::poll(&socket, 1, 1000);
        if (socket.revents == 0 && ++silent > kMostSilent) {
            return fail(error_of("it does not answer", ""));
        }
        if (PQconsumeInput(connection_.get()) == 0) return failed(nullptr);
    }
    return Answer(PQgetResult(connection_.get()));
}

Result<Answer> Replication::ask(const std::string& command) {
    if (PQsendQuery(connection_.get(), command.c_str()) == 0) return failed(nullptr);
    Answer answer;
    for (;;) {
        SW_TRY(Answer one, next_answer());
        if (!one) break;
        const auto status = PQresultStatus(one.get());
        answer = std::move(one);
        if (status == PGRES_COPY_BOTH) break;
    }
    const auto status = PQresultStatus(answer.get());
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK || status == PGRES_COPY_BOTH) {
        return answer;
    }
    return failed(answer.get());
}

Result<Replication::Identity> Replication::identify() {
    SW_TRY(const Answer size, ask("SHOW wal_segment_size"));
    if (value_in(size.get(), 0) != "16MB") {
        return fail(ErrorCode::InvalidInput, "its log is in files of " + value_in(size.get(), 0) +
                                                 ": only 16MB is supported");
    }
    SW_TRY(const Answer answer, ask("IDENTIFY_SYSTEM"));
    Identity identity;
    identity.system_id = value_in(answer.get(), 0);
    identity.timeline = count_in(value_in(answer.get(), 1));
    identity.position = wal::parse_lsn(value_in(answer.get(), 2)).value_or(wal::Lsn());
    if (identity.system_id.empty() || identity.timeline == 0) return failed(nullptr);
    return identity;
}

Result<std::optional<wal::Lsn>> Replication::slot(const std::string& name) {
    if (!is_plain(name)) return fail(ErrorCode::InvalidInput, name + " is no name of a slot");
    SW_TRY(const Answer answer, ask("READ_REPLICATION_SLOT " + name));
    if (value_in(answer.get(), 0).empty()) return std::optional<wal::Lsn>();
    return wal::parse_lsn(value_in(answer.get(), 1));
}

Result<> Replication::make_slot(const std::string& name) {
    if (!is_plain(name)) return fail(ErrorCode::InvalidInput, name + " is no name of a slot");
    SW_CHECK(ask("CREATE_REPLICATION_SLOT " + name + " PHYSICAL (RESERVE_WAL)"));
    return {};
}

Result<> Replication::drop_slot(const std::string& name) {
    if (!is_plain(name)) return fail(ErrorCode::InvalidInput, name + " is no name of a slot");
    SW_TRY(const Answer there, ask("READ_REPLICATION_SLOT " + name));
    if (value_in(there.get(), 0).empty()) return {};
    SW_CHECK(ask("DROP_REPLICATION_SLOT " + name));
    return {};
}

Result<std::string> Replication::history(std::uint32_t timeline) {
    SW_TRY(const Answer answer, ask(fmt::format("TIMELINE_HISTORY {}", timeline)));
    return value_in(answer.get(), 1);
}

Result<> Replication::start(const std::string& slot, wal::Lsn from, std::uint32_t timeline) {
    SW_CHECK(ask(fmt::format("START_REPLICATION SLOT {} PHYSICAL {} TIMELINE {}", slot,
                             wal::text(from), timeline)));
    received_ = from;
    return {};
}

Result<> Replication::take(std::string_view message, Batch& into) {
    constexpr std::size_t kDataFront = 1 + 3 * 8;
    constexpr std::size_t kAliveFront = 1 + 2 * 8;
    if (message.starts_with('k') && message.size() > kAliveFront) {
        into.wants_reply = into.wants_reply || message[kAliveFront] != 0;
        return {};
    }
    if (!message.starts_with('w') || message.size() < kDataFront) return {};
    const std::uint64_t place = get_number(message.substr(1, 8));
    if (place != received_.value) {
        return fail(ErrorCode::Corrupt,
                    fmt::format("PostgreSQL sent {} of its log where {} was to come",
                                wal::text({place}), wal::text(received_)));
    }
    into.bytes += message.substr(kDataFront);
    received_.value += message.size() - kDataFront;
    return {};
}

/// After the last of a timeline: which one comes next, and the end of the command.
Result<std::uint32_t> Replication::finish() {
    std::uint32_t next = 0;
    for (;;) {
        SW_TRY(const Answer answer, next_answer());
        if (!answer) return next;
        switch (PQresultStatus(answer.get())) {
            case PGRES_COPY_IN:
            case PGRES_COPY_BOTH:
                if (PQputCopyEnd(connection_.get(), nullptr) <= 0) return failed(nullptr);
                break;
            case PGRES_TUPLES_OK: next = count_in(value_in(answer.get(), 0)); break;
            case PGRES_COMMAND_OK: break;
            default: return failed(answer.get());
        }
    }
}

Result<Replication::Batch> Replication::receive(std::chrono::milliseconds patience) {
    Batch batch;
    bool has_waited = false;
    while (batch.bytes.size() < kMostAtOnce) {
        char* text = nullptr;
        const int size = PQgetCopyData(connection_.get(), &text, 1);
        if (size > 0) {
            const std::unique_ptr<char, decltype(&PQfreemem)> owned(text, &PQfreemem);
            batch.was_heard = true;
            SW_CHECK(take({text, static_cast<std::size_t>(size)}, batch));
            continue;
        }
        if (size == -1) {
            SW_TRY(batch.next, finish());
            batch.was_heard = true;
            return batch;
        }
        if (size < -1) return failed(nullptr);
        if (has_waited || !batch.bytes.empty()) break;
        pollfd socket{PQsocket(connection_.get()), POLLIN, 0};
        (void)::poll(&socket, 1, static_cast<int>(patience.count()));
        has_waited = socket.revents == 0;
        if (PQconsumeInput(connection_.get()) == 0) return failed(nullptr);
    }
    return batch;
}

Result<> Replication::confirm(wal::Lsn durable, bool wants_answer) {
    std::string message = "r";
    for (int i = 0; i < 3; ++i) put_number(message, durable.value);
    put_number(message, kNoTime);
    message += wants_answer ? '\1' : '\0';
    const bool sent =
        PQputCopyData(connection_.get(), message.data(), static_cast<int>(message.size())) > 0 &&
        PQflush(connection_.get()) == 0;
    if (sent) return {};
    return failed(nullptr);
}

}  // namespace syncwatch::pg_stream
