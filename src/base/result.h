#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

namespace syncwatch {

/// What a caller can do about a failure. Add a value only when some caller reacts to it
/// differently.
enum class ErrorCode : std::uint8_t {
    InvalidInput,     ///< The request itself is wrong; retrying it unchanged cannot help.
    Unauthenticated,  ///< Nobody knows who is asking; signing in may help.
    NotFound,
    Forbidden,
    Conflict,     ///< State moved under the caller; re-read and try again.
    TooLarge,     ///< The thing itself is over a limit.
    Exhausted,    ///< A stated limit was reached (rate, quota, queue); later may work.
    Unavailable,  ///< A dependency is down; safe to retry with back-off.
    Timeout,      ///< The deadline passed; the effect is unknown.
    Cancelled,
    Corrupt,   ///< Stored data failed a check; a human must look.
    Internal,  ///< A fault of ours; logged, never explained to strangers.
};

/// One field of a request that is wrong, in the words of the API.
struct FieldError {
    std::string field;
    std::string message;
    bool operator==(const FieldError&) const = default;
};

/// A failure as a value. `message` is for logs; what a user reads is made from `code` and `reason`
/// in one place (protocol/).
struct [[nodiscard]] Error {
    ErrorCode code = ErrorCode::Internal;
    std::string message;
    /// The stable snake_case word of the public contract ("room_full"); a string literal. Empty:
    /// the usual word of `code`.
    std::string_view reason = {};
    /// When trying again makes sense; zero when nobody can say.
    std::chrono::seconds retry_after{0};
    /// What is down, for Unavailable: "database", "objects", …; a string literal.
    std::string_view component = {};
    std::vector<FieldError> fields = {};

    /// Returns this error with `where` put before its message: "open room 7: query timed out".
    Error within(std::string_view where) && {
        message.insert(0, ": ").insert(0, where);
        return std::move(*this);
    }
};

template <class T = void>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(ErrorCode code, std::string message,
                                  std::string_view reason = {}) {
    Error error;
    error.code = code;
    error.message = std::move(message);
    error.reason = reason;
    return tl::unexpected<Error>(std::move(error));
}

inline tl::unexpected<Error> fail(Error error) {
    return tl::unexpected<Error>(std::move(error));
}

/// A value of the request is wrong: 422 with this one field.
inline tl::unexpected<Error> fail_field(std::string field, std::string message) {
    Error error;
    error.code = ErrorCode::InvalidInput;
    error.message = field + ": " + message;
    error.fields.push_back({std::move(field), std::move(message)});
    return tl::unexpected<Error>(std::move(error));
}

/// A dependency does not answer: 503 naming it.
inline tl::unexpected<Error> fail_unavailable(std::string_view component, std::string message,
                                              std::chrono::seconds retry_after) {
    Error error;
    error.code = ErrorCode::Unavailable;
    error.message = std::move(message);
    error.retry_after = retry_after;
    error.component = component;
    return tl::unexpected<Error>(std::move(error));
}

}  // namespace syncwatch

#define SW_CONCAT_(a, b) a##b
#define SW_CONCAT(a, b) SW_CONCAT_(a, b)
#define SW_TRY_WITH_(leave, tmp, decl, expr)                              \
    auto tmp = (expr);                                                    \
    if (!tmp) {                                                           \
        leave tl::unexpected<::syncwatch::Error>(std::move(tmp).error()); \
    }                                                                     \
    decl = *std::move(tmp)
#define SW_CHECK_WITH_(leave, tmp, expr)                                  \
    if (auto tmp = (expr); !tmp) {                                        \
        leave tl::unexpected<::syncwatch::Error>(std::move(tmp).error()); \
    }                                                                     \
    static_assert(true)

/// SW_TRY(auto row, load(id));  — binds the value, or returns the error.
#define SW_TRY(decl, expr) SW_TRY_WITH_(return, SW_CONCAT(try_, __LINE__), decl, expr)
/// SW_CO_TRY(auto row, co_await load(id));  — the same inside a coroutine.
#define SW_CO_TRY(decl, expr) SW_TRY_WITH_(co_return, SW_CONCAT(try_, __LINE__), decl, expr)
/// SW_CHECK(save(row));  — for Result<>: goes on, or returns the error.
#define SW_CHECK(expr) SW_CHECK_WITH_(return, SW_CONCAT(try_, __LINE__), expr)
/// SW_CO_CHECK(co_await save(row));  — the same inside a coroutine.
#define SW_CO_CHECK(expr) SW_CHECK_WITH_(co_return, SW_CONCAT(try_, __LINE__), expr)
