#pragma once
#include <chrono>
#include <cstdint>
#include <string>

#include "gateway/api/authenticator.h"
#include "gateway/http/router.h"
#include "services/accounts/account_service.h"

namespace syncwatch::http {

/// The calls about accounts: /auth/*, /me, /setup, /invitations. Safe from any thread.
class AccountApi {
public:
    struct Options {
        std::string version;
        bool guests_may_upload = false;
        bool guests_may_create_rooms = false;
        std::uint64_t max_upload_bytes = 0;
        std::chrono::seconds session_lifetime{};  ///< For the cookie's Max-Age.
    };

    AccountApi(AccountService& accounts, Authenticator& authenticator, Options options);

    void add_routes(Router& router);

private:
    Async<Response> register_account(Request& request);
    Async<Response> login(Request& request);
    Async<Response> guest(Request& request);
    Async<Response> logout(Request& request);
    Async<Response> me(Request& request);
    Async<Response> change_me(Request& request);
    Async<Response> delete_me(Request& request);
    Async<Response> setup(Request& request);
    Async<Response> invite(Request& request);

    Response signed_in(int status, const AccountService::SignedIn& signed_in,
                       const Request& request) const;

    AccountService& accounts_;
    Authenticator& authenticator_;
    const Options options_;
};

}  // namespace syncwatch::http
