#pragma once
#include <string_view>

#include "adapters/s3/http_client.h"
#include "base/result.h"

namespace syncwatch::s3 {

/// What one answer of the store means for who asked.
struct Verdict {
    enum class Kind : std::uint8_t {
        Good,    ///< A 2xx.
        Final,   ///< Asking again cannot help.
        Again,   ///< It may help, soon.
        Slower,  ///< It may help, when asked less often.
        Anew,    ///< The object was replaced while it came: again, from its start.
        Keys,    ///< The store refuses who asks; with other credentials it may not.
    };
    Kind kind = Kind::Good;
    bool reached = true;  ///< The store is there and does its work: for the circuit breaker.
    Error error = {};     ///< Of all but Good: NotFound, Unavailable ("objects"), …
    bool denied = false;  ///< The store knows who asks, and that they may not do this.
};

/// `asked` names the request in the error's text: "GET films/x".
/// Source: Amazon S3 API Reference, "Error responses".
Verdict judge(std::string_view asked, const HttpAnswer& answer);

}  // namespace syncwatch::s3
