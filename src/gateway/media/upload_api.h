#pragma once
#include <string>

#include "gateway/api/authenticator.h"
#include "gateway/http/router.h"
#include "services/media/upload_service.h"

namespace syncwatch::http {

/// /api/v1/uploads: tus 1.0.0 with creation, creation-with-upload, creation-defer-length,
/// termination, checksum and expiration (protocol/tus). Safe from any thread.
class UploadApi {
public:
    UploadApi(UploadService& uploads, Authenticator& authenticator)
        : uploads_(uploads), authenticator_(authenticator) {}

    void add_routes(Router& router);

private:
    using Call = Async<Response> (UploadApi::*)(Request& request);

    /// Every answer of tus is one of these, also when it is an error.
    net::awaitable<Response> answer(Request& request);
    Call call_of(const Request& request) const;
    Async<Response> checked(Request& request);

    Async<Response> options(Request& request);
    Async<Response> create(Request& request);
    Async<Response> head(Request& request);
    Async<Response> patch(Request& request);
    Async<Response> remove(Request& request);

    /// The first part of the film in the body of its creation. Errors: those that leave nothing.
    Async<UploadService::State> receive_first(Principal who, UploadService::State made,
                                              UploadService::Part part, Request& request);

    UploadService& uploads_;
    Authenticator& authenticator_;
};

}  // namespace syncwatch::http
