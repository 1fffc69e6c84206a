#pragma once
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "gateway/http/message.h"
#include "protocol/http/json_body.h"
#include "protocol/http/problem.h"

namespace syncwatch::http {

/// `body` as application/json that nobody may cache.
Response answer_json(int status, const boost::json::value& body);

/// The error as a problem document; logged when it is a fault of ours or of a dependency.
Response answer_error(const Error& error, const Request& request);

/// A problem document for what the server itself refuses (404, 405, 413, …).
Response answer_problem(const Problem& problem, const Request& request);

/// 204.
Response no_content();

/// The body of a request as a JSON object. Errors: TooLarge over `limit` bytes, InvalidInput.
Async<boost::json::object> read_json(Request& request, std::size_t limit = kMaxJsonBody);

}  // namespace syncwatch::http
