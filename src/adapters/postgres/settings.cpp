#include "adapters/postgres/settings.h"

#include <libpq-fe.h>

namespace syncwatch::postgres {

bool is_url(std::string_view text) {
    if (!text.starts_with("postgres://") && !text.starts_with("postgresql://")) return false;
    PQconninfoOption* const options = PQconninfoParse(std::string(text).c_str(), nullptr);
    PQconninfoFree(options);
    return options != nullptr;
}

}  // namespace syncwatch::postgres
