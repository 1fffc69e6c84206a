#pragma once
#include <vector>

#include "apps/plan/toml_section.h"
#include "recovery/plan/channel.h"

namespace syncwatch::apps {

/// `[[notify]]`: each is given a name, where it has none.
std::vector<recovery::Channel> read_channels(std::vector<TomlSection> sections);
/// `[heartbeat]`.
recovery::Heartbeat read_heartbeat(TomlSection& section);

}  // namespace syncwatch::apps
