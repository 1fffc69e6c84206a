#pragma once
#include <string>
#include <utility>
#include <vector>

#include "ports/blob_store.h"

namespace syncwatch {

/// A store that is read, and nothing else: whatever is asked of it, it stays as it is.
class ReadOnlyStore final : public BlobStore {
public:
    /// `real` outlives this.
    explicit ReadOnlyStore(BlobStore& real) : real_(real) {}

    Async<StoredBlob> put(std::string key, std::string) override { co_return refused(key); }
    Async<StoredBlob> put_file(std::string key, std::filesystem::path) override {
        co_return refused(key);
    }
    Async<std::uint64_t> adopt_file(std::string key, std::filesystem::path) override {
        co_return refused(key);
    }
    Async<StoredBlob> measure(std::string key) override { return real_.measure(std::move(key)); }
    Async<OpenBlob> open(std::string key) override { return real_.open(std::move(key)); }
    Async<> refresh(std::string key) override { return real_.refresh(std::move(key)); }
    Async<std::filesystem::path> local_path(std::string key) override {
        return real_.local_path(std::move(key));
    }
    Async<SourceFile> source_file(std::string key) override {
        return real_.source_file(std::move(key));
    }
    Async<> remove(std::string key) override { co_return refused(key); }
    Async<> remove_all(std::string prefix) override { co_return refused(prefix); }
    Async<std::vector<std::string>> list(std::string prefix) override {
        return real_.list(std::move(prefix));
    }
    Async<BlobPage> list_page(std::string prefix, std::string from) override {
        return real_.list_page(std::move(prefix), std::move(from));
    }
    Async<std::uint64_t> size_of(std::string key) override { return real_.size_of(std::move(key)); }
    Async<std::uint64_t> free_bytes() override { return real_.free_bytes(); }

private:
    static tl::unexpected<Error> refused(const std::string& key) {
        return fail(ErrorCode::Conflict, key + " is in a store that is only read here",
                    "read_only");
    }

    BlobStore& real_;
};

}  // namespace syncwatch
