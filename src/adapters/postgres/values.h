#pragma once
#include <span>
#include <string>
#include <vector>

#include "adapters/sql/value.h"
#include "base/result.h"

namespace syncwatch::postgres {

/// Parameters as libpq wants them: text, but for Blobs. The server finds their types out.
class Values {
public:
    /// Errors: InvalidInput (a NUL in a text: libpq would cut it there).
    static Result<Values> of(std::span<const sql::Parameter> parameters);

    int count() const { return static_cast<int>(pointers_.size()); }
    const char* const* values() const { return pointers_.data(); }
    const int* lengths() const { return lengths_.data(); }
    const int* formats() const { return formats_.data(); }

private:
    std::vector<std::string> kept_;
    std::vector<const char*> pointers_;
    std::vector<int> lengths_;
    std::vector<int> formats_;
};

}  // namespace syncwatch::postgres
