#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/async/async.h"
#include "base/unique_fd.h"

namespace syncwatch::http {

enum class Method : std::uint8_t { Get, Head, Post, Put, Patch, Delete, Options, Other };

std::string_view name(Method method);

/// Header fields in the order they came; names compare without regard to case.
class Fields {
public:
    /// The first value of `name`, or nullopt.
    std::optional<std::string_view> find(std::string_view name) const;
    /// The last value of `name`, or nullopt.
    std::optional<std::string_view> find_last(std::string_view name) const;
    void add(std::string name, std::string value);
    /// Replaces every value of `name`.
    void set(std::string name, std::string value);
    const std::vector<std::pair<std::string, std::string>>& all() const { return fields_; }

private:
    std::vector<std::pair<std::string, std::string>> fields_;
};

/// The body of a request, read as it arrives: nothing is buffered that the handler did not ask
/// for. Both calls end within the connection's read deadline (Timeout).
class BodyReader {
public:
    virtual ~BodyReader() = default;
    /// Bytes announced by Content-Length; nullopt when chunked.
    virtual std::optional<std::uint64_t> announced() const = 0;
    /// Reads some bytes into `buffer`; 0 is the end. Errors: Timeout, Cancelled (the client left),
    /// InvalidInput (broken framing).
    virtual Async<std::size_t> read_some(std::span<char> buffer) = 0;
    /// The whole rest. Errors: TooLarge over `limit` bytes, and those of read_some.
    virtual Async<std::string> read_all(std::size_t limit) = 0;
};

struct Request {
    Method method = Method::Get;
    std::string path;   ///< Percent-decoded, without the query; begins with '/'.
    std::string query;  ///< As it came, without '?'.
    Fields fields;
    /// Captured by the route: "{code}" → parameter("code"). Percent-decoded.
    std::vector<std::pair<std::string, std::string>> parameters;
    std::string remote_address;  ///< The client's IP; behind a trusted proxy, what it says.
    bool tls = false;            ///< The client's side is HTTPS.
    /// TRACE-SPAN, in hex: the trace of the client's, or a new one, and this request in it.
    std::string request_id;
    BodyReader* body = nullptr;  ///< Never null inside a handler.

    std::string_view parameter(std::string_view name) const;
    /// The first value of a query parameter, decoded.
    std::optional<std::string> query_value(std::string_view name) const;
    /// The value of a cookie.
    std::optional<std::string_view> cookie(std::string_view name) const;
};

/// Part of an open file, sent without passing through the program where the kernel can.
struct FileBody {
    UniqueFd fd;
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
};

/// Bytes that live as long as the program: files inside it.
struct StaticBytes {
    std::string_view bytes;
};

struct Response {
    int status = 200;
    Fields fields;
    /// Nothing, bytes of its own, bytes that many answers share, bytes of the program, or a file's
    /// part.
    std::variant<std::monostate, std::string, std::shared_ptr<const std::string>, StaticBytes,
                 FileBody>
        body;
};

}  // namespace syncwatch::http
