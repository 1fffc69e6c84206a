#pragma once
#include <string>

#include "services/objects/passing_store.h"

namespace syncwatch {

/// A store that is read, and nothing else: whatever is asked of it, it stays as it is.
class ReadOnlyStore final : public PassingStore {
public:
    using PassingStore::PassingStore;

    Async<StoredBlob> put(std::string key, std::string) override { co_return refused(key); }
    Async<StoredBlob> put_file(std::string key, std::filesystem::path) override {
        co_return refused(key);
    }
    Async<std::uint64_t> adopt_file(std::string key, std::filesystem::path) override {
        co_return refused(key);
    }
    Async<> remove(std::string key) override { co_return refused(key); }
    Async<> remove_all(std::string prefix) override { co_return refused(prefix); }

private:
    static tl::unexpected<Error> refused(const std::string& key) {
        return fail(ErrorCode::Conflict, key + " is in a store that is only read here",
                    "read_only");
    }
};

}  // namespace syncwatch
