#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace syncwatch::lab {

/// One way through a door: what comes to `from` goes on to `to`.
struct Pipe {
    std::uint16_t from = 0;
    std::uint16_t to = 0;
};

/// A part is reached through a process of its own that passes TCP on. Stopped, that process is a
/// cable that was pulled: nothing gets through and nobody is told, for servers that need no rights
/// of root's. This is its configuration; the program is HAProxy.
std::string door_configuration(const std::vector<Pipe>& pipes);

}  // namespace syncwatch::lab
