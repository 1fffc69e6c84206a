#include "gateway/api/recovery_api.h"

#include <utility>

#include "gateway/api/handler.h"

namespace syncwatch::http {

void RecoveryApi::add_routes(Router& router) {
    router.add(Method::Get, "/api/v1/admin/recovery", handler_of(*this, &RecoveryApi::show));
}

Async<Response> RecoveryApi::show(Request& request) {
    SW_CO_TRY(const Principal who, co_await authenticator_.principal(request));
    if (!who.admin) co_return fail(ErrorCode::Forbidden, "only admins see how backups stand");
    SW_CO_TRY(const boost::json::object told, co_await tell_());
    co_return answer_json(200, told);
}

}  // namespace syncwatch::http
