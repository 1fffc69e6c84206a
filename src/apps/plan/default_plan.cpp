#include "apps/plan/plan_file.h"

namespace syncwatch::apps {

std::string_view default_plan_text() {
    return R"(# The recovery plan of this installation: what it promises, and how it keeps that.
# `syncwatch plan lint` says what is missing, `syncwatch plan show` what follows from it.
plan_version = 1
# review_by = "2027-06-01"

# How long until a lost part works again, and how much of what was acknowledged may be gone.
[objective.app]
rto = "30m"
rpo = "1m"

[objective.database]
rto = "30m"
rpo = "24h"

[objective.redis]
rto = "10m"
rpo = "1h"

[objective.objects]
rto = "4h"
rpo = "15m"

[objective.turn]
rto = "5m"

[objective.region]
rto = "4h"

# Times are UTC.
[backup.database]
full = "Sun 02:00"
differential = "daily 02:00"
log = "continuous"
keep = "30d"
keep_full = 5
storage_class = "STANDARD_IA"

[backup.redis]
snapshot = "hourly"
keep = "7d"

[backup.objects]
copy = "continuous"
keep = "30d"

[backup.config]
bundle = "on change"
keep = "forever"

[backup.secrets]
bundle = "on change"
keep = "forever"

[verification]
restore_test = "daily 04:00"
read_again_within = "30d"

# [repository.near]
# url = "file:/var/backups/syncwatch"
#
# [repository.far]
# url = "s3:https://s3.example/backups?region=eu-west-1"
# credentials_file = "/etc/syncwatch/far-credentials"
# may_delete = false
# key_file = "/etc/syncwatch/repository-key"
#
# [escrow]
# recipients = ["age1…"]
# files = ["/etc/coturn/turnserver.conf"]
#
# [[contact]]
# role = "on call"
# name = "…"
# reach = "…"
#
# [[notify]]
# kind = "slack"          # webhook, slack, pagerduty, email
# credentials_file = "/etc/syncwatch/slack-webhook"
#
# [heartbeat]
# url = "https://hc.example/ping/…"
)";
}

}  // namespace syncwatch::apps
