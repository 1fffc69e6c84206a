#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace syncwatch::redis {

struct Endpoint {
    std::string host;
    std::uint16_t port = 6379;
    /// "host:port", with brackets around an address of IPv6.
    std::string text() const;
    bool operator==(const Endpoint&) const = default;
};

/// Where Redis is and who we are there.
struct Address {
    std::vector<Endpoint> endpoints;  ///< One server, or the Sentinels.
    std::string master;               ///< What the Sentinels call it; empty: no Sentinels.
    std::string user = {};            ///< Empty: the default user.
    std::string password = {};        ///< Empty: none.
    int database = 0;
    bool tls = false;  ///< Of the servers, and of the Sentinels.
    bool operator==(const Address&) const = default;
};

/// redis://[[user][:password]@]host[:port][/database]
/// sentinel://[[user][:password]@]host[:port][,host[:port]…]/MASTER[/database]
/// rediss: and sentinels: are the same over TLS. The slashes behind the scheme may be missing; user
/// and password may be percent-encoded, and are those of the server, not of the Sentinels. Errors:
/// InvalidInput, without the password in it.
Result<Address> parse_redis_url(std::string_view url);

}  // namespace syncwatch::redis
