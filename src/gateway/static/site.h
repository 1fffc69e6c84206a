#pragma once
#include <memory>
#include <string>

#include "gateway/http/router.h"
#include "gateway/static/assets.h"

namespace syncwatch::http {

/// Answers what no route of the server fits: the web app's files, and its page for every path that
/// the app itself knows (/room/CODE). Paths that are the server's own are never the app's.
class Site {
public:
    /// `assets`: nullptr where there is no web app. `films_from`: as for content_security_policy().
    explicit Site(std::unique_ptr<Assets> assets, const std::string& films_from = {});

    void add_to(Router& router);

private:
    net::awaitable<Response> answer(Request& request);
    std::optional<Response> file(const Request& request, const std::string& path) const;

    std::unique_ptr<Assets> assets_;
    const std::string policy_;  ///< Of its pages; empty: the usual one.
};

}  // namespace syncwatch::http
