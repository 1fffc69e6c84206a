#include "gateway/api/account_api.h"

#include <utility>

#include "domain/account/names.h"
#include "gateway/api/handler.h"
#include "gateway/api/representations.h"
#include "gateway/api/session_cookie.h"
#include "gateway/api/this_machine.h"

namespace syncwatch::http {
namespace {

namespace json = boost::json;

}  // namespace

AccountApi::AccountApi(AccountService& accounts, Authenticator& authenticator, Options options)
    : accounts_(accounts), authenticator_(authenticator), options_(std::move(options)) {}

void AccountApi::add_routes(Router& router) {
    const auto add = [&](Method method, const char* pattern, ApiCall<AccountApi> call,
                         RateClass rate = RateClass::ByPath) {
        RouteOptions options;
        options.rate = rate;
        router.add(method, pattern, handler_of(*this, call), options);
    };
    add(Method::Post, "/api/v1/auth/register", &AccountApi::register_account, RateClass::SignIn);
    add(Method::Post, "/api/v1/auth/login", &AccountApi::login, RateClass::SignIn);
    add(Method::Post, "/api/v1/auth/guest", &AccountApi::guest, RateClass::Guest);
    add(Method::Post, "/api/v1/auth/logout", &AccountApi::logout);
    add(Method::Get, "/api/v1/me", &AccountApi::me);
    add(Method::Patch, "/api/v1/me", &AccountApi::change_me);
    add(Method::Delete, "/api/v1/me", &AccountApi::delete_me);
    add(Method::Get, "/api/v1/setup", &AccountApi::setup);
    add(Method::Post, "/api/v1/invitations", &AccountApi::invite);
}

Response AccountApi::signed_in(int status, const AccountService::SignedIn& signed_in,
                               const Request& request) const {
    const json::object body{{"user", user_json(signed_in.account)}, {"token", signed_in.token}};
    Response response = answer_json(status, body);
    set_session_cookie(response, signed_in.token, options_.session_lifetime,
                       authenticator_.secure(request));
    return response;
}

Async<Response> AccountApi::register_account(Request& request) {
    SW_CO_CHECK(authenticator_.check_origin(request));
    SW_CO_TRY(const json::object body, co_await read_json(request));
    FieldReader reader(body);
    AccountService::NewAccount wanted;
    wanted.username = reader.text("username", kTyped);
    wanted.password = reader.text("password", kTyped);
    wanted.display_name = reader.optional_text("display_name", kTyped).value_or("");
    wanted.setup_token = reader.optional_text("setup_token", kTyped).value_or("");
    wanted.invitation = reader.optional_text("invitation", kTyped).value_or("");
    wanted.from_elsewhere = !is_meant_for_this_machine(request);
    // The service says the same of each field; here all complaints are gathered into one answer.
    if (!wanted.username.empty()) (void)reader.keep(valid_username(wanted.username));
    if (!wanted.password.empty()) (void)reader.keep(valid_password(wanted.password));
    if (!wanted.display_name.empty()) (void)reader.keep(valid_display_name(wanted.display_name));
    SW_CO_CHECK(reader.verdict());
    SW_CO_TRY(const auto made,
              co_await accounts_.register_account(std::move(wanted), request.remote_address));
    co_return signed_in(201, made, request);
}

Async<Response> AccountApi::login(Request& request) {
    SW_CO_CHECK(authenticator_.check_origin(request));
    SW_CO_TRY(const json::object body, co_await read_json(request));
    FieldReader reader(body);
    std::string username = reader.text("username", kTyped);
    std::string password = reader.text("password", kTyped);
    SW_CO_CHECK(reader.verdict());
    SW_CO_TRY(const auto found, co_await accounts_.login(std::move(username), std::move(password),
                                                         request.remote_address));
    co_return signed_in(200, found, request);
}

Async<Response> AccountApi::guest(Request& request) {
    SW_CO_CHECK(authenticator_.check_origin(request));
    SW_CO_TRY(const json::object body, co_await read_json(request));
    FieldReader reader(body);
    std::string name = reader.text("display_name", kTyped);
    SW_CO_CHECK(reader.verdict());
    SW_CO_TRY(const auto made, co_await accounts_.guest(std::move(name)));
    co_return signed_in(201, made, request);
}

Async<Response> AccountApi::logout(Request& request) {
    SW_CO_TRY(Principal who, co_await authenticator_.principal(request));
    SW_CO_CHECK(co_await accounts_.logout(std::move(who), request.remote_address));
    Response response = no_content();
    clear_session_cookie(response, authenticator_.secure(request));
    co_return response;
}

Async<Response> AccountApi::me(Request& request) {
    SW_CO_TRY(const Principal who, co_await authenticator_.principal(request));
    SW_CO_TRY(const Account account, co_await accounts_.own_account(who));
    co_return answer_json(200, resource("user", user_json(account)));
}

Async<Response> AccountApi::change_me(Request& request) {
    SW_CO_TRY(Principal who, co_await authenticator_.principal(request));
    SW_CO_TRY(const json::object body, co_await read_json(request));
    FieldReader reader(body);
    AccountService::ProfileChange change;
    change.display_name = reader.optional_text("display_name", kTyped);
    change.password = reader.optional_text("password", kTyped);
    change.current_password = reader.optional_text("current_password", kTyped);
    if (change.display_name) (void)reader.keep(valid_display_name(*change.display_name));
    if (change.password) (void)reader.keep(valid_password(*change.password));
    SW_CO_CHECK(reader.verdict());
    SW_CO_TRY(const Account account,
              co_await accounts_.change(std::move(who), std::move(change), request.remote_address));
    co_return answer_json(200, resource("user", user_json(account)));
}

Async<Response> AccountApi::delete_me(Request& request) {
    SW_CO_TRY(Principal who, co_await authenticator_.principal(request));
    SW_CO_CHECK(co_await accounts_.remove(std::move(who), request.remote_address));
    Response response = no_content();
    clear_session_cookie(response, authenticator_.secure(request));
    co_return response;
}

Async<Response> AccountApi::setup(Request&) {
    SW_CO_TRY(const auto state, co_await accounts_.setup_state());
    co_return answer_json(
        200, json::object{{"needs_first_account", state.needs_first_account},
                          {"needs_setup_token", state.needs_setup_token},
                          {"sign_up", text(state.sign_up)},
                          {"guests_may_upload", options_.guests_may_upload},
                          {"guests_may_create_rooms", options_.guests_may_create_rooms},
                          {"max_upload_bytes", options_.max_upload_bytes},
                          {"version", options_.version}});
}

Async<Response> AccountApi::invite(Request& request) {
    SW_CO_TRY(Principal who, co_await authenticator_.principal(request));
    SW_CO_TRY(const auto invited, co_await accounts_.invite(std::move(who)));
    co_return answer_json(201, json::object{{"token", invited.token},
                                            {"expires_at", format_rfc3339(invited.expires_at)}});
}

}  // namespace syncwatch::http
