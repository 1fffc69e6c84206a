#include "apps/region/door.h"

#include <fmt/format.h>

namespace syncwatch::lab {

std::string door_configuration(const std::vector<Pipe>& pipes) {
    // Silence is for the parts themselves to notice: the door waits for a day.
    std::string out =
        "global\n    maxconn 4000\n    nbthread 1\n"
        "defaults\n    mode tcp\n    retries 0\n    timeout connect 5s\n"
        "    timeout client 24h\n    timeout server 24h\n";
    for (const Pipe& each : pipes) {
        out +=
            fmt::format("listen at-{0}\n    bind 127.0.0.1:{0}\n    server behind 127.0.0.1:{1}\n",
                        each.from, each.to);
    }
    return out;
}

}  // namespace syncwatch::lab
