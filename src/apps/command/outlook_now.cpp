#include "apps/command/outlook_now.h"

#include <optional>
#include <utility>

#include "adapters/sql_notices/sql_lease_store.h"
#include "apps/backup/lookout.h"

namespace syncwatch::apps {

Outcome<OutlookNow> look_out(const Invocation& invocation, const BackupArguments& arguments) {
    auto desk = CommandDesk::open(invocation, arguments);
    if (!desk) return tl::unexpected<Failure>(desk.error());
    OutlookNow now;
    now.cluster = (*desk)->cluster();
    auto admin = Admin::open(invocation);
    if (admin) now.admin = *std::move(admin);
    if (!admin) now.admin_trouble = admin.error().what;
    std::optional<sql::SqlLeaseStore> leases;
    if (now.admin) leases.emplace(*now.admin->powers().database);
    Lookout lookout(now.cluster, {invocation.settings, (*desk)->plan(), &(*desk)->desk(),
                                  now.admin ? &now.admin->powers().replicas : nullptr,
                                  leases ? &*leases : nullptr, (*desk)->clock(), (*desk)->random(),
                                  (*desk)->pool()});
    auto outlook = (*desk)->run(lookout.look());
    if (!outlook) return tl::unexpected<Failure>(outlook.error());
    if (outlook->trouble) return tl::unexpected<Failure>(failure_of(*outlook->trouble));
    now.outlook = *std::move(outlook);
    now.desk = *std::move(desk);
    return now;
}

}  // namespace syncwatch::apps
