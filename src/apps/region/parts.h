#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "apps/region/part.h"
#include "apps/region/place.h"

namespace syncwatch::lab {

/// That all programs are installed. Errors: Unavailable ("lab_programs"), naming those that are not
/// and Debian's packages with them.
Result<> check_programs();

/// Every part of a region, those first that others need. Errors: Unavailable (secrets).
Result<std::vector<Part>> parts_of(const Place& place);

/// The agreement on who is the leader: three of them.
Part etcd_part(const Place& place, unsigned number);
std::string etcd_configuration(const Place& place, unsigned number);

/// PostgreSQL under Patroni: a primary and a replica. `programs`: where PostgreSQL's are.
Part postgres_part(const Place& place, unsigned number);
std::string patroni_configuration(const Place& place, unsigned number, const std::string& programs);
/// For libpq: both servers, of which one takes writes.
std::string database_url(const Place& place, std::string_view user, std::string_view database);

/// Redis: a master and a replica.
Part redis_part(const Place& place, unsigned number);
/// Three Sentinels over them.
Part sentinel_part(const Place& place, unsigned number);
std::string redis_configuration(const Place& place, unsigned number);
std::string sentinel_configuration(const Place& place, unsigned number);
std::string bus_url(const Place& place);

/// An S3 store: radosgw with a Ceph of its own behind it.
Part objects_part(const Place& place, unsigned number);
std::string objects_url(const Place& place, unsigned number);
/// Who may read and write films: what AWS's tools call a credentials file. Errors: Unavailable.
Result<std::string> objects_credentials(const Place& place);

/// coturn, through which voices reach each other.
Part turn_part(const Place& place, unsigned number, const std::string& secret);
std::string turn_configuration(const Place& place, unsigned number, const std::string& secret);

/// The name server of the region's zone, which takes updates signed with `key` (base64).
Part dns_part(const Place& place, const std::string& key);
std::string dns_configuration(const Place& place, const std::string& key);
std::string dns_zone_name(const Place& place);

/// SyncWatch itself.
Part node_part(const Place& place, unsigned number);
std::string node_configuration(const Place& place, unsigned number);
/// SyncWatch, preparing films alone.
Part worker_part(const Place& place, unsigned number);

/// HAProxy in front of the nodes: where people come in.
Part site_part(const Place& place);
std::string site_configuration(const Place& place);
/// Whether it sends people to the node of that name.
bool site_uses(const Place& place, const std::string& node);

}  // namespace syncwatch::lab
