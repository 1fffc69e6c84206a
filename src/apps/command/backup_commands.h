#pragma once

namespace CLI {
class App;
}

namespace syncwatch::apps {

struct Command;

/// Each adds its commands below `syncwatch backup`; the one that is chosen puts itself into
/// `chosen`.
void add_backup_run(CLI::App& backup, Command& chosen);
void add_backup_look(CLI::App& backup, Command& chosen);
void add_backup_keep(CLI::App& backup, Command& chosen);
void add_backup_gaps(CLI::App& backup, Command& chosen);
void add_backup_adopt(CLI::App& backup, Command& chosen);
void add_backup_new_key(CLI::App& backup, Command& chosen);
void add_backup_sets(CLI::App& backup, Command& chosen);

}  // namespace syncwatch::apps
