#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/http/message.h"
#include "gateway/http/transport.h"

namespace syncwatch::http {

/// Reads one request off a transport: first the head, then the body piece by piece. Beast parses;
/// nothing of Beast shows. One request, then it is thrown away; bytes behind it go to the next.
class RequestParser {
public:
    /// `leftover`: bytes that came behind the request before.
    RequestParser(Transport& transport, std::string leftover, std::size_t header_bytes);
    ~RequestParser();

    enum class Head : std::uint8_t { Complete, Nothing, TooLarge, Malformed };
    /// Reads the head. Nothing: the client left, or stayed silent, between requests. Errors:
    /// Timeout (in the middle of a head), Cancelled.
    Async<Head> read_head(Instant idle_deadline, std::chrono::seconds head_time);

    /// Fills method, path, query and fields. False: the target is no path of ours, or where the
    /// body ends cannot be told for certain.
    bool fill(Request& request) const;
    bool keep_alive() const;
    bool expects_continue() const;
    bool is_websocket_upgrade() const;

    std::optional<std::uint64_t> content_length() const;
    bool body_done() const;
    /// Reads some of the body; 0 at its end. `silence` bounds each wait.
    Async<std::size_t> read_body(std::span<char> buffer, std::chrono::seconds silence);

    /// What came behind this request.
    std::string take_leftover();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace syncwatch::http
