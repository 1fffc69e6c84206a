#include <sys/stat.h>

#include "apps/command/command_line.h"

int main(int argc, char** argv) {
    // Sessions, keys and films are nobody else's business on this machine, whoever made the folder.
    ::umask(S_IRWXG | S_IRWXO);
    return syncwatch::apps::run_command_line(argc, argv);
}
