#pragma once
#include <functional>

#include <boost/json/object.hpp>

#include "gateway/api/authenticator.h"
#include "gateway/http/router.h"

namespace syncwatch::http {

/// GET /admin/recovery: what would be lost if everything failed now, and how long recovery would
/// take, beside what the plan promises. Admins only. Safe from any thread.
class RecoveryApi {
public:
    /// What is told: RecoveryOutlook of docs/api.yaml. Errors: Unavailable, Timeout.
    using Tell = std::function<Async<boost::json::object>()>;

    RecoveryApi(Authenticator& authenticator, Tell tell)
        : authenticator_(authenticator), tell_(std::move(tell)) {}

    void add_routes(Router& router);

private:
    Async<Response> show(Request& request);

    Authenticator& authenticator_;
    const Tell tell_;
};

}  // namespace syncwatch::http
