#pragma once

namespace CLI {
class App;
}

namespace syncwatch::apps {

struct Command;

/// Adds `restore redis` to `restore`.
void add_restore_redis(CLI::App& restore, Command& chosen);

}  // namespace syncwatch::apps
