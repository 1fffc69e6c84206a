#pragma once
#include "gateway/api/answers.h"
#include "gateway/http/router.h"

namespace syncwatch::http {

/// What a call of the API is: an answer, or an error that becomes a problem document.
template <class Api>
using ApiCall = Async<Response> (Api::*)(Request& request);

template <class Api>
net::awaitable<Response> answer_call(Api& api, ApiCall<Api> call, Request& request) {
    Result<Response> answer = co_await (api.*call)(request);
    if (answer) co_return *std::move(answer);
    co_return answer_error(answer.error(), request);
}

/// The route's handler of a method that may fail. `api` outlives the router's use.
template <class Api>
Handler handler_of(Api& api, ApiCall<Api> call) {
    return [&api, call](Request& request) { return answer_call(api, call, request); };
}

}  // namespace syncwatch::http
