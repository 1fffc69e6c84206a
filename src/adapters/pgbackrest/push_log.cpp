#include "adapters/pgbackrest/push_log.h"

#include <cerrno>
#include <cstring>

#include <unistd.h>

namespace syncwatch::pgbackrest {

Error become_push(const Options& options, const std::filesystem::path& file) {
    if (auto written = write_configuration(options); !written) return std::move(written).error();
    std::vector<std::string> args{options.program,
                                  "--config=" + options.configuration().string(),
                                  "--stanza=" + options.stanza,
                                  "--log-level-stderr=warn",
                                  "archive-push",
                                  file.string()};
    std::vector<char*> pointers;
    for (std::string& each : args) pointers.push_back(each.data());
    pointers.push_back(nullptr);
    ::execvp(pointers[0], pointers.data());
    Error error;
    error.code = ErrorCode::Unavailable;
    error.component = "backup";
    error.message = "run " + options.program + ": " + std::strerror(errno);
    if (errno == ENOENT) {
        error.message = "pgBackRest is not installed: there is no program " + options.program;
        error.reason = "no_pgbackrest";
    }
    return error;
}

}  // namespace syncwatch::pgbackrest
