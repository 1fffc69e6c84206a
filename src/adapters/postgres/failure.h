#pragma once
#include <cstdint>
#include <string_view>

#include <libpq-fe.h>

#include "base/result.h"

namespace syncwatch::postgres {

/// What a failed statement means for whoever ran it.
enum class Failure : std::uint8_t {
    None,
    Statement,      ///< Its own fault; the connection is well.
    Unique,         ///< A row with that key is there: perhaps one that was not when we looked.
    Serialization,  ///< Others were in the way: the same unit may succeed when it runs again.
    ReadOnly,       ///< This server takes no writes (any more): another one may.
    Lost,           ///< The connection is gone, or does not answer in time.
};

/// Why `result` is no success. Texts hold no values: the primary message and the statement alone.
struct Diagnosis {
    Failure failure = Failure::None;
    Error error;
};
Diagnosis diagnose(const PGresult* result, std::string_view doing);

/// The connection itself failed. Its message may name hosts and users, never a password.
Diagnosis lost(const PGconn* connection, std::string_view doing);

}  // namespace syncwatch::postgres
