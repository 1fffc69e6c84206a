#pragma once
#include <string>

#include "services/objects/passing_store.h"

namespace syncwatch {

/// A store whose objects are not ours to remove: by its owner's word, before it has to refuse.
class UndeletableStore final : public PassingStore {
public:
    using PassingStore::PassingStore;

    Async<> remove(std::string key) override { co_return refused(key); }
    Async<> remove_all(std::string prefix) override { co_return refused(prefix); }

private:
    static tl::unexpected<Error> refused(const std::string& key) {
        return fail(ErrorCode::Conflict, key + " is in a store that may not be removed from",
                    kNoDelete);
    }
};

}  // namespace syncwatch
