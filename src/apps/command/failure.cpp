#include "apps/command/failure.h"

#include <algorithm>
#include <iterator>
#include <string_view>

namespace syncwatch::apps {
namespace {

struct Advice {
    std::string_view reason;
    Exit exit;
    std::string_view hint;
};

/// By the reason, which is the finer word.
constexpr Advice kAdvice[] = {
    {"port_taken", Exit::Refused, "Stop what listens there, or choose another port with --listen."},
    {"read_only", Exit::Refused,
     "SQLite: give the user that runs syncwatch the right to write the file and its folder. "
     "PostgreSQL: name the server that takes writes in database.url."},
    {"newer_schema", Exit::Refused,
     "Use the newer syncwatch that wrote this database, or another data folder."},
    {"older_schema", Exit::Refused,
     "Run syncwatch migrate, or start the server, which does it by itself."},
    {"tls_files", Exit::Usage,
     "tls.cert names the certificate chain and tls.key its private key, both as PEM."},
    {"data_folder_in_use", Exit::Locked,
     "Stop the other one, or give this one a folder of its own with --data-dir."},
    {"database_in_use", Exit::Locked,
     "Close whatever has it open (sqlite3, a backup tool; fuser FILE says which), and repeat it."},
    {"data_folder", Exit::Refused,
     "Make it yourself with the right owner, or choose another with --data-dir."},
    {"not_shared", Exit::Usage,
     "A server with SQLite or a folder of its own prepares films itself and needs no worker. "
     "docs/operations.md says how several share the work."},
    {"not_empty", Exit::Refused,
     "Make an empty database for it (createdb), or name another one with --to."},
    {"username_taken", Exit::Refused, "Choose another user name."},
    {"no_such_room", Exit::Refused, "syncwatch room list shows the rooms that there are."},
    {"no_such_video", Exit::Refused, "syncwatch video list shows the films that there are."},
    {"not_in_trash", Exit::Refused,
     "syncwatch video list --deleted shows what can be brought back, and until when."},
    {"not_failed", Exit::Refused, "Only a film that failed can be tried again."},
    {"no_lab", Exit::Refused, "syncwatch lab up makes one; --folder and --region say where."},
    {"lab_in_use", Exit::Locked, "Wait until it has ended."},
    {"lab_differs", Exit::Refused,
     "Leave these flags out, or begin anew: syncwatch lab down --delete."},
    {"lab_folder", Exit::Refused,
     "Choose a folder that everybody may enter with --folder, as in /tmp/lab."},
    {"lab_port_taken", Exit::Refused,
     "Stop what listens there, or choose other ports with --base-port."},
    {"lab_programs", Exit::Refused, "Install them with apt-get install."},
    {"moment_unreachable", Exit::Refused,
     "Name a moment with --to that lies in what can be reached; syncwatch backup list shows it."},
    {"restore_locked", Exit::Locked, "Wait until the other one has ended."},
    {"redis_programs", Exit::Refused, "Install it with apt-get install."},
    {"redis_runs", Exit::Locked,
     "Stop it first (behind Sentinels: SENTINEL REMOVE before that), or bring the file into the "
     "server while it runs, with --server."},
    {"redis_hidden", Exit::Refused, "Run this as root, so that a server cannot be overlooked."},
    {"redis_owner", Exit::Refused, "Run this as root, or as the user that Redis runs as."},
    {"not_master", Exit::Refused,
     "Name its master, or its Sentinels: a replica takes over what its master has."},
    {"redis_cluster", Exit::Refused,
     "Bring the file back into its own data folder with --into, one server after the other."},
    {"redis_loads", Exit::Refused, "Wait until it has loaded, then do this again."},
    {"newer_redis", Exit::Refused,
     "Do this where a Redis as new as the one that wrote it is installed."},
    {"no_age", Exit::Refused, "Install it: apt-get install age."},
    {"no_recipients", Exit::Refused,
     "Make a key on another machine with age-keygen -o recovery-key.txt, keep that file off this "
     "one, and write the public key that it prints into the plan: [escrow] recipients = "
     "[\"age1…\"]; docs/recovery/secrets.md."},
    {"bad_recipient", Exit::Usage,
     "age-keygen -y KEYFILE prints the public key; it belongs under [escrow] recipients in the "
     "plan."},
    {"no_identity", Exit::Refused,
     "Name the file of a recovery key, one of those whose public half stood in the plan when the "
     "backup was made: --identity KEYFILE; docs/recovery/secrets.md."},
    {"wrong_key", Exit::Refused,
     "Take the key of one of the others who can open it: the public halves stand in the plan, and "
     "age-keygen -y KEYFILE prints that of a file."},
    {"locked_identity", Exit::Refused,
     "Unlock it first, on a disk that is only memory: age -d -o /dev/shm/key.txt KEYFILE."},
    {"file_unreadable", Exit::Refused,
     "Mend what names it, or let the user that makes backups read it."},
    {"no_repository", Exit::Refused,
     "Name one under [repository.near] in the plan that recovery.plan names."},
    {"no_pgbackrest", Exit::Refused, "apt-get install pgbackrest"},
    {"not_installed", Exit::Refused,
     "Install it: apt-get install pgbackrest postgresql. recovery.pg_data says which version's "
     "programs are used."},
    {"runs_as_root", Exit::Refused,
     "Run it as the user that PostgreSQL runs as, or give recovery.pg_work to that user."},
    {"no_archiving", Exit::Refused,
     "In postgresql.conf: archive_mode = on, archive_command = 'syncwatch wal-push --engine "
     "pgbackrest %p', and restart it: docs/recovery/postgres.md."},
    {"slot_busy", Exit::Locked,
     "One at a time is enough; another one may stand by and go on when this one is gone."},
    {"slots_full", Exit::Refused, "Raise max_replication_slots and restart PostgreSQL."},
    {"no_replication", Exit::Refused,
     "The role needs the right REPLICATION, and pg_hba.conf a line for the database replication "
     "from here: docs/recovery/postgres.md."},
    {"no_stream", Exit::Refused,
     "A node with recovery.pg_stream_on_nodes has to run, or syncwatch-wal-stream."},
    {"log_not_streamed", Exit::Unreachable, "The log of whoever streams says why."},
    {"log_ahead", Exit::StateUnknown,
     "The repositories have more than this server ever wrote: it is an older copy. Take the right "
     "one, or another repository."},
    {"tablespaces", Exit::Refused,
     "Back it up with pgBackRest (recovery.pg_mode), or move what is in them into the database."},
    {"held", Exit::Locked, "Repeat it when that has ended: what was not removed goes then."},
    {"backup_locked", Exit::Locked, "Wait until the other run has ended."},
    {"log_not_archived", Exit::Unreachable,
     "PostgreSQL's log says why archive_command fails; pg_stat_archiver counts it."},
    {"log_differs", Exit::StateUnknown,
     "Stop the server that should not be there. Remove nothing from the repository."},
    {"not_this_database", Exit::Refused,
     "Look at recovery.pg_data and recovery.pg_stanza: another database needs another name there."},
    {"server_runs", Exit::Refused, "Stop PostgreSQL first."},
    {"server_left", Exit::Unreachable,
     "Nothing of it counts. As soon as a server takes writes again, and its log is streamed or "
     "archived, make another of it: syncwatch backup run --component pg."},
    {"no_server", Exit::Unreachable,
     "Is PostgreSQL running? recovery.pg_socket, pg_port and pg_user say how it is reached."},
    {"keys_refused", Exit::Unreachable,
     "Put good keys into the file that credentials_file names (or --credentials): it is read again "
     "with the next request, nothing has to be restarted. What is in the repository stays; repeat "
     "what failed, it goes on from what is there."},
    {"encrypted", Exit::Refused,
     "Name its key in the plan, [repository.…] key_file, or open it with a recovery key: "
     "--identity "
     "KEYFILE; docs/recovery/encryption.md."},
    {"another_key", Exit::Refused,
     "The key that it was begun with is on the machine that began it, in its bundle of secrets, "
     "and "
     "in the repository for whoever has a recovery key: --identity KEYFILE; "
     "docs/recovery/encryption.md."},
    {"not_encrypted", Exit::Refused,
     "A repository is encrypted from its first object on, or not at all: leave key_file out, or "
     "name another folder or prefix, and keep this one until what is in it has expired."},
    {"no_repository_key", Exit::Refused,
     "syncwatch backup new-key FILE makes one for a new repository; of one that is there already "
     "it is the same on all machines: docs/recovery/encryption.md."},
    {"repository_away", Exit::Unreachable,
     "Is the folder mounted and its owner right; does the S3 store answer; are the keys good?"},
    {"last_full", Exit::Refused, "pgBackRest keeps the last full backup: make another one first."},
    {"no_such_backup", Exit::Refused, "syncwatch backup list shows what there is."},
    {"several_backups", Exit::Refused, "Give more of its id: syncwatch backup list shows them."},
    {"which_timeline", Exit::Refused, "Say which with --timeline."},
    {"not_prepared", Exit::Refused, "syncwatch backup run --component pg makes it ready."},
    {"original_gone", Exit::Refused, "Its original was not kept: upload the film again."},
};

struct Usual {
    ErrorCode code;
    Exit exit;
    std::string_view word;
    std::string_view hint;
};

constexpr Usual kUsual[] = {
    {ErrorCode::Corrupt, Exit::VerificationFailed, "corrupt",
     "Nothing was changed. Keep a copy of the file, then bring back a backup, or look at it with "
     "sqlite3 FILE .recover."},
    {ErrorCode::Unavailable, Exit::Unreachable, "unavailable",
     "Look at what it names: a file and the space on its disk, or a server that must run; "
     "syncwatch "
     "doctor does."},
    {ErrorCode::Timeout, Exit::Unreachable, "unavailable",
     "Try again; syncwatch doctor looks at what may be slow."},
    {ErrorCode::InvalidInput, Exit::Usage, "invalid", ""},
    {ErrorCode::NotFound, Exit::Refused, "not_found",
     "syncwatch user list, room list and video list show what there is."},
    {ErrorCode::Conflict, Exit::Refused, "conflict", ""},
    {ErrorCode::Forbidden, Exit::Refused, "forbidden", ""},
    {ErrorCode::Exhausted, Exit::Refused, "exhausted", ""},
};

}  // namespace

Failure failure_of(const Error& error) {
    Failure failure{Exit::Internal, "internal", error.message,
                    "This is a fault of syncwatch: please report it."};
    if (const auto* usual = std::ranges::find(kUsual, error.code, &Usual::code);
        usual != std::end(kUsual)) {
        failure.exit = usual->exit;
        failure.code = usual->word;
        failure.hint = usual->hint;
    }
    if (error.reason.empty()) return failure;
    // A place for backups is no database.
    const bool is_place = error.reason == "read_only" && error.component == "backup";
    failure.code = is_place ? "repository_away" : error.reason;
    if (const auto* advice = std::ranges::find(kAdvice, failure.code, &Advice::reason);
        advice != std::end(kAdvice)) {
        failure.exit = advice->exit;
        failure.hint = advice->hint;
    }
    return failure;
}

}  // namespace syncwatch::apps
