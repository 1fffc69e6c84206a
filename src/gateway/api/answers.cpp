#include "gateway/api/answers.h"

#include <boost/json/serialize.hpp>

#include "base/log/log.h"

namespace syncwatch::http {

Response answer_json(int status, const boost::json::value& body) {
    Response response;
    response.status = status;
    response.fields.set("Content-Type", "application/json");
    response.fields.set("Cache-Control", "no-store");
    response.body = boost::json::serialize(body);
    return response;
}

Response answer_problem(const Problem& problem, const Request& request) {
    Response response;
    response.status = problem.status;
    response.fields.set("Content-Type", std::string(kProblemType));
    response.fields.set("Cache-Control", "no-store");
    if (problem.retry_after.count() > 0) {
        response.fields.set("Retry-After", std::to_string(problem.retry_after.count()));
    }
    // RFC 9110, 11.6.1: a 401 names the scheme.
    if (problem.status == 401) response.fields.set("WWW-Authenticate", "Bearer");
    response.body = problem_json(problem, request.request_id);
    return response;
}

Response answer_error(const Error& error, const Request& request) {
    const Problem problem = problem_of(error);
    if (problem.status >= 500) {
        const auto level = problem.status == 503 ? log::Level::Warning : log::Level::Error;
        log::write(level, "http.request_failed",
                   {{"code", problem.code}, {"error", error.message}});
    }
    return answer_problem(problem, request);
}

Response no_content() {
    Response response;
    response.status = 204;
    return response;
}

Async<boost::json::object> read_json(Request& request, std::size_t limit) {
    SW_CO_TRY(const std::string body, co_await request.body->read_all(limit));
    co_return parse_json_object(body);
}

}  // namespace syncwatch::http
