#include "gateway/api/authenticator.h"

#include <algorithm>
#include <utility>

#include "services/accounts/account_service.h"

namespace syncwatch::http {
namespace {

constexpr std::string_view kBearer = "bearer ";

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return out;
}

std::optional<std::string> bearer_token(const Request& request) {
    const auto value = request.fields.find("Authorization");
    if (!value || lower(value->substr(0, kBearer.size())) != kBearer) return std::nullopt;
    std::string_view token = value->substr(kBearer.size());
    while (!token.empty() && token.front() == ' ') token.remove_prefix(1);
    return std::string(token);
}

bool is_write(Method method) {
    return method != Method::Get && method != Method::Head && method != Method::Options;
}

tl::unexpected<Error> foreign_origin() {
    return fail(ErrorCode::Forbidden, "the Origin is missing or another site's", "bad_origin");
}

}  // namespace

Authenticator::Authenticator(AccountService& accounts, Options options)
    : accounts_(accounts), options_(std::move(options)) {}

std::optional<std::string> Authenticator::token(const Request& request) {
    if (auto token = bearer_token(request)) return token;
    const auto cookie = request.cookie(kSessionCookie);
    if (!cookie || cookie->empty()) return std::nullopt;
    return std::string(*cookie);
}

Async<Principal> Authenticator::principal(const Request& request) {
    auto found = token(request);
    if (!found) co_return fail(ErrorCode::Unauthenticated, "no token");
    if (is_write(request.method) && !bearer_token(request)) {
        const auto origin = request.fields.find("Origin");
        if (!origin || !is_own_origin(request, *origin)) co_return foreign_origin();
    }
    std::string sent = *std::move(found);
    SW_CO_TRY(Principal who, co_await accounts_.principal_of(std::move(sent)));
    if (options_.admit) SW_CO_CHECK(options_.admit(who.user));
    co_return who;
}

Async<std::optional<Principal>> Authenticator::optional_principal(const Request& request) {
    Result<Principal> found = co_await principal(request);
    if (found) co_return *std::move(found);
    const ErrorCode code = found.error().code;
    if (code == ErrorCode::Unauthenticated) co_return std::nullopt;
    co_return fail(std::move(found).error());
}

Result<> Authenticator::check_origin(const Request& request) const {
    const auto origin = request.fields.find("Origin");
    if (origin && !is_own_origin(request, *origin)) return foreign_origin();
    return {};
}

bool Authenticator::secure(const Request& request) const {
    return request.tls || options_.public_url.starts_with("https://");
}

bool Authenticator::is_own_origin(const Request& request, std::string_view origin) const {
    const std::string sent = lower(origin);
    if (!options_.public_url.empty()) {
        std::string_view own = options_.public_url;
        while (own.ends_with('/')) own.remove_suffix(1);
        if (sent == lower(own)) return true;
    }
    const auto host = request.fields.find("Host");
    if (!host || host->empty()) return false;
    // A proxy that ends TLS without saying so lets https look like http; never the other way.
    const std::string authority = lower(*host);
    return sent == "https://" + authority || (!request.tls && sent == "http://" + authority);
}

}  // namespace syncwatch::http
