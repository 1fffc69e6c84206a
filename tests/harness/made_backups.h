#pragma once
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "recovery/catalogue/record.h"

namespace syncwatch {

/// A moment of a test's story: so many minutes into the first of January 2026.
inline WallTime minute(int number) {
    return std::chrono::sys_days(std::chrono::year(2026) / 1 / 1) + std::chrono::minutes(number);
}

/// An id that sorts by its number.
inline recovery::BackupId backup_id(int number) {
    recovery::BackupId id;
    id.uuid.bytes[6] = 0x70;
    id.uuid.bytes[14] = static_cast<std::uint8_t>(number >> 8);
    id.uuid.bytes[15] = static_cast<std::uint8_t>(number);
    return id;
}

/// Records of the component "sqlite" with ids from 1 on; times are minutes.
class MadeBackups {
public:
    using Parents = std::vector<recovery::BackupId>;

    recovery::BackupId full(int at) { return add(recovery::BackupKind::Full, {}, {at, at}); }
    recovery::BackupId snapshot(int at) {
        return add(recovery::BackupKind::Snapshot, {}, {at, at});
    }
    recovery::BackupId diff(int at, Parents parents) {
        return add(recovery::BackupKind::Differential, std::move(parents), {at, at});
    }
    recovery::BackupId log(int from, int to, Parents parents) {
        return add(recovery::BackupKind::Log, std::move(parents), {from, to});
    }

    std::vector<recovery::BackupRecord> all;

private:
    recovery::BackupId add(recovery::BackupKind kind, Parents parents, std::pair<int, int> span) {
        recovery::BackupRecord record;
        record.id = backup_id(static_cast<int>(all.size()) + 1);
        record.component = "sqlite";
        record.kind = kind;
        record.parents = std::move(parents);
        record.started = minute(span.first);
        record.finished = minute(span.second);
        record.window = {record.started, record.finished};
        all.push_back(record);
        return record.id;
    }
};

}  // namespace syncwatch
