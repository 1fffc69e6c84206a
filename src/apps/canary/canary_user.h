#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "adapters/s3/http_client.h"
#include "base/async/async.h"

namespace syncwatch::apps {

/// Somebody with a browser, as it were: asks a server on loopback, and keeps its cookie.
///
/// Errors of all calls: Unavailable, NotFound, Internal, … by the status that was answered; the
/// message says what was asked and how it was answered.
class CanaryUser {
public:
    explicit CanaryUser(std::uint16_t port);

    /// Also asks who one is then, by the cookie alone.
    Async<> log_in(std::string name, std::string password);
    /// The list that a path of the API answers under this name. Both are literals.
    Async<boost::json::array> list(const char* path, const char* name);
    Async<std::string> get(std::string path);

private:
    Async<s3::HttpAnswer> ask(const char* method, std::string path, std::string body);

    s3::HttpClient client_;
    const std::string base_;
    std::string cookie_;
};

}  // namespace syncwatch::apps
