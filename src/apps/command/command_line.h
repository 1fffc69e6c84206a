#pragma once

namespace syncwatch::apps {

/// Reads the command line and runs the command; gives the exit code.
int run_command_line(int argc, char** argv);

}  // namespace syncwatch::apps
