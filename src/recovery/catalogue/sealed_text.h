#pragma once
#include <string>
#include <string_view>

#include "base/result.h"

namespace syncwatch::recovery {

/// JSON that knows its own sum: {"schema":"syncwatch.backup/1","sha256":"…","content":{…}}. What
/// was cut off, changed by a bit or by hand is told from what is whole.
std::string seal(std::string_view schema, std::string_view content);

/// What was sealed.
struct Unsealed {
    std::string_view content;  ///< Of the text that was read.
    std::string hash;          ///< SHA-256 of it, in hexadecimal.
};
/// Errors: Corrupt, in words for an operator: it is cut off, it was changed, it is of another
/// schema.
Result<Unsealed> unseal(std::string_view schema, std::string_view text);

}  // namespace syncwatch::recovery
