#pragma once
#include <string>

#include "gateway/health/health_board.h"
#include "gateway/http/router.h"

namespace syncwatch::http {

/// /health/live (the process answers), /health/ready (this node should get traffic), /health (how
/// every component does).
class HealthApi {
public:
    struct Options {
        std::string version;
        std::string node;
    };

    HealthApi(HealthBoard& board, Options options) : board_(board), options_(std::move(options)) {}

    void add_routes(Router& router);

private:
    net::awaitable<Response> live(Request& request);
    net::awaitable<Response> ready(Request& request);
    net::awaitable<Response> health(Request& request);

    HealthBoard& board_;
    const Options options_;
};

}  // namespace syncwatch::http
