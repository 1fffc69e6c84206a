#include "adapters/redis_backup/redis_programs.h"

#include <fmt/format.h>

#include "adapters/program/surroundings.h"

namespace syncwatch::redis {

Result<program::Spec> spec_of(const std::string& name, const std::string& package) {
    const auto path = program::find_program(name);
    if (!path) {
        return fail(ErrorCode::NotFound,
                    fmt::format("{} is not installed: it is in Debian's package {}", name, package),
                    "redis_programs");
    }
    program::Spec spec;
    spec.program = path->string();
    spec.environment = program::bare_environment();
    return spec;
}

}  // namespace syncwatch::redis
