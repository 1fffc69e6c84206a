#pragma once
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace syncwatch::http {

inline constexpr std::string_view kProblemType = "application/problem+json";

/// A failure in the words of the HTTP API (RFC 9457).
struct Problem {
    int status = 500;
    std::string_view code;  ///< Stable snake_case word that clients switch on.
    std::string_view title;
    std::string_view detail;  ///< What a person can do about it.
    std::string_view component = {};
    std::chrono::seconds retry_after{0};  ///< For Retry-After; zero: leave it out.
    std::vector<FieldError> errors = {};
};

/// The one place where an error becomes a status and words for users. `error.message` never shows:
/// it is for the log.
Problem problem_of(const Error& error);

/// For what the server itself refuses, without an Error: 404, 405, 413, 431, 503 and the like.
/// `code` may be empty: then it is the usual word of the status.
Problem problem_of_status(int status, std::string_view code = {});

/// Every code that the API has words for, for the test that compares them with its description.
std::vector<std::string_view> problem_codes();

/// {"type","title","status","code","detail","request_id", "component"?, "retry_after"?, "errors"?}
std::string problem_json(const Problem& problem, std::string_view request_id);

}  // namespace syncwatch::http
