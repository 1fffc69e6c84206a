#pragma once
#include "adapters/sql/connection.h"
#include "apps/config/load.h"
#include "apps/doctor/finding.h"
#include "ports/clock.h"
#include "ports/random.h"

namespace syncwatch::apps {

// Each looks at one thing and changes nothing.

/// What is wrong with the settings themselves.
void look_at_settings(const config::Loaded& loaded, Findings& findings);
/// Is it there, may we write it, is there space on its disk.
void look_at_data_folder(const config::Settings& settings, Findings& findings);
/// Does the file hold what it must, and does this program understand it.
void look_at_database(const config::Settings& settings, const Clock& clock, Findings& findings);
/// Does it answer, quickly, with a version and a schema that this program understands, and does it
/// keep the same time.
void look_at_postgres(const config::Settings& settings, const Clock& clock, Findings& findings);
/// What the trash holds. In a database that answers.
void look_at_trash(sql::Connection& db, Findings& findings);
/// Is PostgreSQL's log streamed, where it is to be, and does what waits for that not fill its disk.
void look_at_log(const config::Settings& settings, Findings& findings);
/// Does the object store answer, is the bucket there, and do our keys open it.
void look_at_objects(const config::Settings& settings, Clock& clock, Random& random,
                     Findings& findings);
/// Does Redis, or do its Sentinels, answer, and does our user get in.
void look_at_bus(const config::Settings& settings, Findings& findings);
/// Is it free, or is it a server of ours that has it.
void look_at_port(const config::Settings& settings, Findings& findings);
/// Are they there, and can they make films.
void look_at_programs(const config::Settings& settings, Findings& findings);
/// Is the time of day kept in step.
void look_at_clock(Findings& findings);
/// Is there a web app.
void look_at_web_app(const config::Settings& settings, Findings& findings);
/// Can the certificate be used, and for how long.
void look_at_certificate(const config::Settings& settings, const Clock& clock, Findings& findings);
/// Do the servers that help voice answer.
void look_at_ice_servers(const config::Settings& settings, Findings& findings);
/// Does the machine give what the settings promise.
void look_at_limits(const config::Settings& settings, Findings& findings);

/// Another process of ours serves from this data folder.
bool is_served(const config::Settings& settings);

}  // namespace syncwatch::apps
