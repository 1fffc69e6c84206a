#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/async/async.h"
#include "base/time.h"
#include "ports/blob_store.h"

namespace syncwatch {

/// A key or a prefix that is gone everywhere but in the second store.
struct LeftBehind {
    std::string key;
    WallTime left_at{};
};

/// What the database knows of the objects in the BlobStore: which exist, what they must hash to,
/// and which are to go. Whoever stores an object and then cannot record it removes it again.
/// All fail with Unavailable (component "database").
/// All pass tests/contract/object_ledger_contract.h.
class ObjectLedger {
public:
    virtual ~ObjectLedger() = default;

    /// Durable when it returns; a key that is there already is replaced.
    virtual Async<> record(std::vector<StoredBlob> objects, WallTime now) = 0;
    virtual Async<std::optional<StoredBlob>> find_object(std::string key) = 0;
    /// Everything under `prefix` + "/", by key.
    virtual Async<std::vector<StoredBlob>> objects_under(std::string prefix) = 0;

    /// Keys and prefixes that nothing refers to any more: written down together with the change
    /// that made them so, gone once their objects are.
    virtual Async<std::vector<std::string>> doomed(int limit) = 0;
    /// Forgets one of them, and the ledger's lines of and under it. Absent is success.
    virtual Async<> forget_doomed(std::string key) = 0;
    /// The same, of what the second store keeps because we may not remove it there: somebody else
    /// has to.
    virtual Async<> leave_behind(std::string key, WallTime now) = 0;
    /// What was left there, by key, those behind `after`.
    virtual Async<std::vector<LeftBehind>> left_behind(std::string after, int limit) = 0;
    /// It is gone there as well. Absent is success.
    virtual Async<> forget_left(std::string key) = 0;
};

}  // namespace syncwatch
