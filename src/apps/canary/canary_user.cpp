#include "apps/canary/canary_user.h"

#include <chrono>
#include <memory>
#include <string_view>
#include <utility>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

namespace syncwatch::apps {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

constexpr auto kPatience = 60s;

ErrorCode code_of(int status) {
    if (status == 404) return ErrorCode::NotFound;
    return status == 503 ? ErrorCode::Unavailable : ErrorCode::Internal;
}

json::object object_in(const std::string& body) {
    boost::system::error_code wrong;
    auto value = json::parse(body, wrong);
    return !wrong && value.is_object() ? std::move(value.get_object()) : json::object();
}

/// " (no_such_video)", of an answer that says no.
std::string reason_in(const std::string& body) {
    const json::object problem = object_in(body);
    const auto* const code = problem.if_contains("code");
    if (code == nullptr || !code->is_string()) return {};
    return fmt::format(" ({})", std::string_view(code->get_string()));
}

/// Addresses of films carry what opens them.
std::string shown(std::string_view path) {
    if (!path.starts_with("/media/")) return std::string(path);
    const std::size_t token = std::string_view("/media/").size();
    const std::size_t ends = path.find('/', token);
    return ends == std::string_view::npos ? "/media/…"
                                          : "/media/…" + std::string(path.substr(ends));
}

}  // namespace

CanaryUser::CanaryUser(std::uint16_t port)
    : client_(s3::HttpClient::Options()), base_(fmt::format("http://127.0.0.1:{}", port)) {}

Async<s3::HttpAnswer> CanaryUser::ask(const char* method, std::string path, std::string body) {
    s3::HttpRequest request;
    request.method = method;
    request.url = base_ + path;
    request.patience = kPatience;
    request.answers_late = true;
    if (!cookie_.empty()) request.headers.emplace_back("Cookie", cookie_);
    if (!body.empty()) {
        request.headers.emplace_back("Content-Type", "application/json");
        request.body.size = body.size();
        request.body.text = std::make_shared<const std::string>(std::move(body));
    }
    s3::HttpAnswer answer = co_await client_.perform(std::move(request));
    if (answer.outcome != s3::HttpAnswer::Outcome::Answered) {
        co_return fail(ErrorCode::Timeout, fmt::format("{} {} is not answered: {}", method,
                                                       shown(path), answer.trouble));
    }
    if (answer.status == 200) co_return answer;
    co_return fail(code_of(answer.status),
                   fmt::format("{} {} is answered with {}{}", method, shown(path), answer.status,
                               reason_in(answer.body)));
}

Async<> CanaryUser::log_in(std::string name, std::string password) {
    std::string typed = json::serialize(json::object{{"username", name}, {"password", password}});
    std::string path = "/api/v1/auth/login";
    SW_CO_TRY(const s3::HttpAnswer answer, co_await ask("POST", std::move(path), std::move(typed)));
    const std::string_view set = answer.header("set-cookie");
    cookie_ = set.substr(0, set.find(';'));
    path = "/api/v1/me";
    SW_CO_TRY(const std::string me, co_await get(std::move(path)));
    const json::object answered = object_in(me);
    const auto* const user = answered.if_contains("user");
    const json::object& who = user != nullptr && user->is_object() ? user->get_object() : answered;
    const auto* const called = who.if_contains("username");
    const bool is_me = called != nullptr && called->is_string() && called->get_string() == name;
    if (is_me) co_return Result<>();
    co_return fail(ErrorCode::Internal, "GET /api/v1/me tells of somebody else");
}

Async<json::array> CanaryUser::list(const char* path, const char* name) {
    std::string asked = path;
    SW_CO_TRY(const std::string body, co_await get(std::move(asked)));
    json::object answered = object_in(body);
    auto* const found = answered.if_contains(name);
    if (found != nullptr && found->is_array()) co_return std::move(found->get_array());
    co_return fail(ErrorCode::Internal, fmt::format("GET {} tells of no {}", path, name));
}

Async<std::string> CanaryUser::get(std::string path) {
    std::string nothing;
    SW_CO_TRY(s3::HttpAnswer answer, co_await ask("GET", std::move(path), std::move(nothing)));
    co_return std::move(answer.body);
}

}  // namespace syncwatch::apps
