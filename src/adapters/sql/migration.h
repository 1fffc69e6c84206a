#pragma once

namespace syncwatch::sql {

/// One step of a schema. Steps are only ever added; a landed one is never edited.
struct Migration {
    int version;
    const char* name;
    const char* sql;
};

}  // namespace syncwatch::sql
