#pragma once
#include <string>
#include <utility>
#include <vector>

#include "ports/blob_store.h"

namespace syncwatch {

/// A store that is another one, but for what is made of it: it passes every call on.
class PassingStore : public BlobStore {
public:
    /// `real` outlives this.
    explicit PassingStore(BlobStore& real) : real_(real) {}

    Async<StoredBlob> put(std::string key, std::string bytes) override {
        return real_.put(std::move(key), std::move(bytes));
    }
    Async<StoredBlob> put_file(std::string key, std::filesystem::path file) override {
        return real_.put_file(std::move(key), std::move(file));
    }
    Async<std::uint64_t> adopt_file(std::string key, std::filesystem::path file) override {
        return real_.adopt_file(std::move(key), std::move(file));
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
    Async<> bring_back(StoredBlob object) override { return real_.bring_back(std::move(object)); }
    Async<> remove(std::string key) override { return real_.remove(std::move(key)); }
    Async<> remove_all(std::string prefix) override { return real_.remove_all(std::move(prefix)); }
    Async<std::vector<std::string>> list(std::string prefix) override {
        return real_.list(std::move(prefix));
    }
    Async<BlobPage> list_page(std::string prefix, std::string from) override {
        return real_.list_page(std::move(prefix), std::move(from));
    }
    Async<std::uint64_t> size_of(std::string key) override { return real_.size_of(std::move(key)); }
    Async<std::uint64_t> free_bytes() override { return real_.free_bytes(); }

private:
    BlobStore& real_;
};

}  // namespace syncwatch
