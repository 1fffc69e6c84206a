#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "recovery/plan/channel.h"
#include "recovery/plan/schedule.h"

/// The recovery plan of an installation as data: what it promises, how it keeps that, and whom to
/// call. docs/recovery/plan.md describes the file.
namespace syncwatch::recovery {

/// Of what something can be promised: "app", "database", "redis", "objects", "turn", "region".
const std::vector<std::string>& part_names();

/// What is backed up, and the runs that its backup can consist of.
struct Component {
    std::string name;
    std::vector<std::string> runs;  ///< All others stand on the first.
};
const std::vector<Component>& components();

/// What is promised about a part that is lost.
struct Objective {
    std::chrono::seconds rto{0};              ///< Until it works again.
    std::optional<std::chrono::seconds> rpo;  ///< Of what was acknowledged; nullopt: it has none.

    bool operator==(const Objective&) const = default;
};

/// How a component is backed up.
struct BackupRule {
    std::map<std::string, Schedule> runs;      ///< By kind: "full", "snapshot", "log", …
    std::optional<std::chrono::seconds> keep;  ///< nullopt: forever.
    std::uint64_t keep_full = 2;               ///< So many at least, however old.
    std::string storage_class;                 ///< As the store calls it; empty: its own choice.

    bool operator==(const BackupRule&) const = default;
};

/// A place where backups are kept.
struct Repository {
    std::string url;  ///< A folder, or an S3 store as in `objects.url`.
    std::string credentials_file;
    bool may_delete = true;     ///< False: what is there expires by the store's own rule.
    std::string key_file = {};  ///< Of the key that it is encrypted with; empty: it is not.
    /// Public keys of age, as under [escrow]: who can open that key when this machine is gone.
    std::vector<std::string> key_recipients = {};

    bool operator==(const Repository&) const = default;
};

struct Contact {
    std::string role;
    std::string name;
    std::string reach;  ///< A telephone number, an address, a channel.

    bool operator==(const Contact&) const = default;
};

struct Plan {
    std::uint64_t version = 1;  ///< The operator's own count of revisions.
    std::optional<std::chrono::sys_days> review_by;
    std::map<std::string, Objective> objectives;     ///< By part: "app", "database", …
    std::map<std::string, BackupRule> backups;       ///< By component: "database", "redis", …
    std::map<std::string, Repository> repositories;  ///< "near", "far".
    std::optional<Schedule> restore_test;
    /// Every byte that is kept is read again at least so often.
    std::optional<std::chrono::seconds> read_again_within;
    std::vector<Contact> contacts;
    std::vector<Channel> channels;  ///< Who is told what happens.
    std::optional<Heartbeat> heartbeat;
    std::vector<std::string> escrow_recipients;  ///< Public keys of age, "age1…".
    std::vector<std::string> escrow_files;       ///< Secrets beside those that the settings name.
    std::string escrow_identity;  ///< The file of a key that tests of restores open them with.

    bool operator==(const Plan&) const = default;
};

/// Every entry of a plan as its file says it, by key: {"backup.redis.keep", "7d"}.
std::map<std::string, std::string> entries(const Plan& plan);

/// Something that is wrong with a plan.
struct Finding {
    enum class Kind : std::uint8_t {
        Fault,    ///< The plan cannot hold.
        Warning,  ///< It may, but is weaker than it should be.
    };

    Kind kind = Kind::Fault;
    std::string where;  ///< The key, "backup.redis.keep".
    std::string what;
    std::string hint;  ///< What to do about it.

    bool operator==(const Finding&) const = default;
};

}  // namespace syncwatch::recovery
